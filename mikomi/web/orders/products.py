"""Products: what they cost, what is on hand, and what may still be promised."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.commerce import operations, queries
from mikomi.commerce.models import Product
from mikomi.commerce.queries import PRODUCT_VIEWS
from mikomi.commerce.records import ProductRecord
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business, zone
from mikomi.core.money import BadAmountError, Money, parse_amount
from mikomi.integrations.files.products import read_products
from mikomi.web.forms import add_errors
from mikomi.web.staff import StaffRequest, staff_page

VIEWS = {
    "all": pgettext_lazy("products", "All"),
    "short": pgettext_lazy("products", "Missing for orders"),
    "out": pgettext_lazy("products", "Nothing left"),
    "uncounted": pgettext_lazy("products", "Not counted"),
    "discontinued": pgettext_lazy("products", "No longer sold"),
}
BY_HAND = "hand"
MOST_ORDERS = 50


class StockForm(forms.Form):
    """What a person knows of a product; what is left empty stays as it is."""

    on_hand = forms.IntegerField(
        label=gettext_lazy("On hand, as counted now"), required=False, min_value=0, max_value=1_000_000_000
    )
    restock_on = forms.DateField(
        label=gettext_lazy("More arrive on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    price = forms.CharField(
        label=gettext_lazy("Price, as the customer pays it"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    discontinued = forms.BooleanField(label=gettext_lazy("No longer sold"), required=False)

    def clean_price(self) -> Money | None:
        text = self.cleaned_data["price"].strip()
        if not text:
            return None
        try:
            return parse_amount(text, business().currency)
        except BadAmountError as error:
            raise forms.ValidationError(
                _("This is not an amount: 1,500 for example."), code="amount"
            ) from error


class FileForm(forms.Form):
    """A file of products."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV with SKU and stock or price; products as Shopify exports them, for example."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )  # fmt: skip


@require_safe
@staff_page
def products(request: StaffRequest) -> HttpResponse:
    """Products by SKU; view and words stay in the address from page to page."""
    return _list(request, FileForm())


def _list(request: StaffRequest, form: FileForm, problems: list[str] | None = None) -> HttpResponse:
    view, text = request.GET.get("view", "all"), request.GET.get("q", "")[:200]
    if view not in PRODUCT_VIEWS:
        raise Http404
    page = queries.products(actor=request.actor, view=view, text=text, cursor=request.GET.get("cursor"))
    context: dict[str, Any] = {
        "page": page, "view": view, "views": VIEWS, "text": text, "form": form, "problems": problems or [],
        "kept": {"q": text} if text else {}, "may_edit": request.actor.may(Permission.ORDERS_EDIT),
    }  # fmt: skip
    return render(request, "orders/products.jinja", context, status=422 if form.errors or problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def product(request: StaffRequest, product_id: int) -> HttpResponse:
    """One product, and the form that says what is on hand."""
    row = queries.product(actor=request.actor, product_id=product_id)
    first = {"restock_on": row.product.restock_on, "discontinued": row.product.discontinued_at is not None}
    form = StockForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_products(
                actor=request.actor, products=[_record(row.product, form.cleaned_data)], source=BY_HAND
            )
        except operations.ProductError as error:
            add_errors(form, {error.field: str(error)})
        else:
            messages.success(request, _("Recorded."))
            return redirect("product", product_id=product_id)
    short = list(row.standing.missing.items())[:MOST_ORDERS] if row.standing else []
    orders = queries.orders_by_id(actor=request.actor, ids=[order for order, _pieces in short])
    context = {
        "row": row, "form": form, "may_edit": request.actor.may(Permission.ORDERS_EDIT),
        "short": [(orders[order], pieces) for order, pieces in short],
    }  # fmt: skip
    return render(request, "orders/product.jinja", context, status=422 if form.errors else 200)


def _record(row: Product, data: dict[str, Any]) -> ProductRecord:
    price = cast("Money | None", data["price"])
    return ProductRecord(
        sku=row.sku,
        on_hand=data["on_hand"],
        restock_on=data["restock_on"],
        price_minor=price.minor if price else None,
        currency=price.currency if price else "",
        discontinued=data["discontinued"],
    )


@require_POST
@staff_page
def file(request: StaffRequest) -> HttpResponse:
    """Products from a file; what is wrong with its rows is said, the others are taken."""
    request.actor.require(Permission.ORDERS_EDIT)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form)
    found = read_products(form.cleaned_data["file"].file, zone(), business().currency)
    done = operations.record_products(actor=request.actor, products=found.records, source="file")
    changed = sum(one.outcome in (operations.Outcome.CREATED, operations.Outcome.CHANGED) for one in done)
    problems = [
        _("Line %(line)s: %(what)s") % {"line": issue.line, "what": issue.message(_)}
        for issue in found.issues[:20]
    ]
    if problems:
        return _list(request, form, problems)
    messages.success(request, _("%(count)s products are new or changed.") % {"count": changed})
    return redirect("products")
