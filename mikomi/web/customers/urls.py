"""The addresses of customers and segments."""

from __future__ import annotations

from django.urls import path

from mikomi.web.customers import acts, editing, merging, segments, views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("new", editing.new, name="customer_new"),
    path("export", views.export_list, name="customers_export"),
    path("duplicates", acts.duplicates, name="customer_duplicates"),
    path("duplicates/<int:proposal_id>", acts.decide, name="customer_decide"),
    path("merges/<int:merge_id>/undo", acts.unmerge, name="customer_unmerge"),
    path("segments", segments.segments, name="segments"),
    path("segments/new", segments.new, name="segment_new"),
    path("segments/condition", segments.condition, name="segment_condition"),
    path("segments/<int:segment_id>", segments.edit, name="segment"),
    path("segments/<int:segment_id>/refresh", segments.refresh, name="segment_refresh"),
    path("segments/<int:segment_id>/delete", segments.delete, name="segment_delete"),
    path("<int:customer_id>/", views.customer, name="customer"),
    path("<int:customer_id>/edit", editing.edit, name="customer_edit"),
    path("<int:customer_id>/identities", editing.add_identity, name="customer_identities"),
    path("<int:customer_id>/identities/<int:identity_id>", editing.change_identity, name="customer_identity"),
    path("<int:customer_id>/addresses", editing.add_address, name="customer_addresses"),
    path("<int:customer_id>/addresses/<int:address_id>", editing.remove_address, name="customer_address"),
    path("<int:customer_id>/consents", editing.consents, name="customer_consents"),
    path("<int:customer_id>/notes", acts.note, name="customer_note"),
    path("<int:customer_id>/tags", acts.tag, name="customer_tag"),
    path("<int:customer_id>/merge", merging.merge, name="customer_merge"),
    path("<int:customer_id>/export", acts.export, name="customer_export"),
    path("<int:customer_id>/erase", acts.erase, name="customer_erase"),
]
