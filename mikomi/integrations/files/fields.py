"""The fields that a column of a file can hold, with the words the mapping screen shows."""

from enum import StrEnum

from mikomi.integrations.files.marks import gettext_noop as _


class Field(StrEnum):
    """Where a column's values go. `person.*` is who bought, `ship.*` where it goes, `measurement.*` of a claim."""

    __hash__ = str.__hash__  # Enum's own is written in Python, and fields are looked up for every cell

    NUMBER = "order.number"
    EXTERNAL_ID = "order.external_id"
    ORDERED_AT = "order.ordered_at"
    ORDERED_TIME = "order.ordered_time"
    UPDATED_AT = "order.updated_at"
    CURRENCY = "order.currency"
    TOTAL = "order.total"
    SUBTOTAL = "order.subtotal"
    SHIPPING = "order.shipping"
    TAX = "order.tax"
    DISCOUNT = "order.discount"
    FEE = "order.fee"
    REFUNDED = "order.refunded"
    STATUS = "order.status"
    PAYMENT = "order.payment"
    FULFILMENT = "order.fulfilment"
    PAID_AT = "order.paid_at"
    SHIPPED_AT = "order.shipped_at"
    DELIVERED_AT = "order.delivered_at"
    CANCELLED_AT = "order.cancelled_at"
    SHIP_BY = "order.ship_by"
    DELIVER_BY = "order.deliver_by"
    REQUESTED_DATE = "order.requested_date"
    REQUESTED_TIME = "order.requested_time"
    CARRIER = "order.carrier"
    TRACKING = "order.tracking"
    PAYMENT_METHOD = "order.payment_method"
    NOTE = "order.note"
    ATTRIBUTES = "order.attributes"
    ORDER_TAGS = "order.tags"
    STORE = "order.store"
    CHANNEL = "order.channel"
    LINE_ID = "line.id"
    SKU = "line.sku"
    PRODUCT_ID = "line.product_id"
    LINE_NAME = "line.name"
    VARIANT = "line.variant"
    QUANTITY = "line.quantity"
    UNIT_PRICE = "line.unit_price"
    LINE_TOTAL = "line.total"
    LINE_DISCOUNT = "line.discount"
    LINE_SHIPPING = "line.shipping"
    PERSON_ID = "person.id"
    PERSON_NAME = "person.name"
    PERSON_FAMILY = "person.family"
    PERSON_GIVEN = "person.given"
    PERSON_KANA = "person.kana"
    PERSON_FAMILY_KANA = "person.family_kana"
    PERSON_GIVEN_KANA = "person.given_kana"
    PERSON_COMPANY = "person.company"
    PERSON_EMAIL = "person.email"
    PERSON_PHONE = "person.phone"
    PERSON_POSTAL_CODE = "person.postal_code"
    PERSON_COUNTRY = "person.country"
    PERSON_PROVINCE = "person.province"
    PERSON_CITY = "person.city"
    PERSON_LINE = "person.line"
    PERSON_LANGUAGE = "person.language"
    PERSON_BIRTHDAY = "person.birthday"
    PERSON_SINCE = "person.since"
    PERSON_TAGS = "person.tags"
    PERSON_NOTE = "person.note"
    CONSENT_EMAIL = "person.consent_email"
    CONSENT_SMS = "person.consent_sms"
    REFUSAL_EMAIL = "person.refusal_email"
    TOTAL_SPENT = "person.total_spent"
    ORDER_COUNT = "person.order_count"
    SHIP_NAME = "ship.name"
    SHIP_FAMILY = "ship.family"
    SHIP_GIVEN = "ship.given"
    SHIP_COMPANY = "ship.company"
    SHIP_PHONE = "ship.phone"
    SHIP_POSTAL_CODE = "ship.postal_code"
    SHIP_COUNTRY = "ship.country"
    SHIP_PROVINCE = "ship.province"
    SHIP_CITY = "ship.city"
    SHIP_LINE = "ship.line"
    MEASURED_VALUE = "measurement.value"
    MEASURED_UNIT = "measurement.unit"
    MEASURED_AT = "measurement.at"
    MEASURED_ITEM = "measurement.item"
    MEASURED_BY = "measurement.by"
    MEASURED_ID = "measurement.id"
    MEASURED_NOTE = "measurement.note"


SEVERAL = frozenset({
    Field.PERSON_PHONE, Field.PERSON_EMAIL, Field.PERSON_POSTAL_CODE, Field.PERSON_LINE, Field.PERSON_TAGS,
    Field.PERSON_NOTE, Field.SHIP_PHONE, Field.SHIP_POSTAL_CODE, Field.SHIP_LINE, Field.VARIANT, Field.NOTE,
    Field.ORDER_TAGS,
})  # fmt: skip
"""Fields that more than one column may feed."""

LABELS = {
    Field.NUMBER: _("Order number"),
    Field.EXTERNAL_ID: _("Internal id of the order"),
    Field.ORDERED_AT: _("Order date"),
    Field.ORDERED_TIME: _("Time of day of the order"),
    Field.UPDATED_AT: _("Last changed"),
    Field.CURRENCY: _("Currency"),
    Field.TOTAL: _("Order total"),
    Field.SUBTOTAL: _("Subtotal"),
    Field.SHIPPING: _("Shipping cost"),
    Field.TAX: _("Tax"),
    Field.DISCOUNT: _("Discount"),
    Field.FEE: _("Fee"),
    Field.REFUNDED: _("Refunded amount"),
    Field.STATUS: _("Order status"),
    Field.PAYMENT: _("Payment status"),
    Field.FULFILMENT: _("Shipping status"),
    Field.PAID_AT: _("Paid on"),
    Field.SHIPPED_AT: _("Shipped on"),
    Field.DELIVERED_AT: _("Delivered on"),
    Field.CANCELLED_AT: _("Cancelled on"),
    Field.SHIP_BY: _("To be shipped by"),
    Field.DELIVER_BY: _("To be delivered by"),
    Field.REQUESTED_DATE: _("Delivery date the customer asked for"),
    Field.REQUESTED_TIME: _("Delivery time the customer asked for"),
    Field.CARRIER: _("Carrier"),
    Field.TRACKING: _("Tracking number"),
    Field.PAYMENT_METHOD: _("Payment method"),
    Field.NOTE: _("Order note"),
    Field.ATTRIBUTES: _("Further details (name: value)"),
    Field.ORDER_TAGS: _("Order tags"),
    Field.STORE: _("Store"),
    Field.CHANNEL: _("Sales channel"),
    Field.LINE_ID: _("Line id"),
    Field.SKU: _("SKU"),
    Field.PRODUCT_ID: _("Product id"),
    Field.LINE_NAME: _("Product name"),
    Field.VARIANT: _("Variant"),
    Field.QUANTITY: _("Quantity"),
    Field.UNIT_PRICE: _("Unit price"),
    Field.LINE_TOTAL: _("Line total"),
    Field.LINE_DISCOUNT: _("Line discount"),
    Field.LINE_SHIPPING: _("Shipping cost of the line"),
    Field.PERSON_ID: _("Customer number"),
    Field.PERSON_NAME: _("Customer name"),
    Field.PERSON_FAMILY: _("Family name"),
    Field.PERSON_GIVEN: _("Given name"),
    Field.PERSON_KANA: _("Name in kana"),
    Field.PERSON_FAMILY_KANA: _("Family name in kana"),
    Field.PERSON_GIVEN_KANA: _("Given name in kana"),
    Field.PERSON_COMPANY: _("Company"),
    Field.PERSON_EMAIL: _("E-mail address"),
    Field.PERSON_PHONE: _("Phone number"),
    Field.PERSON_POSTAL_CODE: _("Postal code"),
    Field.PERSON_COUNTRY: _("Country"),
    Field.PERSON_PROVINCE: _("Prefecture or state"),
    Field.PERSON_CITY: _("City"),
    Field.PERSON_LINE: _("Address"),
    Field.PERSON_LANGUAGE: _("Language"),
    Field.PERSON_BIRTHDAY: _("Birthday"),
    Field.PERSON_SINCE: _("Customer since"),
    Field.PERSON_TAGS: _("Tags"),
    Field.PERSON_NOTE: _("Note"),
    Field.CONSENT_EMAIL: _("Agrees to e-mail"),
    Field.CONSENT_SMS: _("Agrees to SMS"),
    Field.REFUSAL_EMAIL: _("Refuses e-mail"),
    Field.TOTAL_SPENT: _("Total spent"),
    Field.ORDER_COUNT: _("Number of orders"),
    Field.SHIP_NAME: _("Recipient"),
    Field.SHIP_FAMILY: _("Recipient's family name"),
    Field.SHIP_GIVEN: _("Recipient's given name"),
    Field.SHIP_COMPANY: _("Recipient's company"),
    Field.SHIP_PHONE: _("Recipient's phone number"),
    Field.SHIP_POSTAL_CODE: _("Recipient's postal code"),
    Field.SHIP_COUNTRY: _("Recipient's country"),
    Field.SHIP_PROVINCE: _("Recipient's prefecture or state"),
    Field.SHIP_CITY: _("Recipient's city"),
    Field.SHIP_LINE: _("Recipient's address"),
    Field.MEASURED_VALUE: _("Measured value"),
    Field.MEASURED_UNIT: _("Unit"),
    Field.MEASURED_AT: _("Measured at"),
    Field.MEASURED_ITEM: _("Which one was measured"),
    Field.MEASURED_BY: _("Measured by"),
    Field.MEASURED_ID: _("Id of the measurement"),
    Field.MEASURED_NOTE: _("Note on the measurement"),
}

EXAMPLE_HEADERS = {
    Field.NUMBER: ("注文番号", "Order number"),
    Field.ORDERED_AT: ("注文日時", "Order date"),
    Field.SKU: ("SKU", "SKU"),
    Field.PERSON_EMAIL: ("メールアドレス", "Email"),
    Field.PERSON_NAME: ("氏名", "Name"),
    Field.MEASURED_VALUE: ("測定値", "value"),
}
"""How files call the fields that can be missing: in Japanese and in English. Not translated: column names."""
