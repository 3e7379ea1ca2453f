"""The addresses of the settings."""

from __future__ import annotations

from django.urls import path

from mikomi.web.settings import (
    business,
    desk,
    log,
    mailboxes,
    operations,
    people,
    places,
    programs,
    quarantine,
    shops,
    webhooks,
)

urlpatterns = [
    path("", business.business, name="settings"),
    path("hours", business.hours, name="settings_hours"),
    path("hours/day", business.day, name="settings_day"),
    path("places", places.places, name="settings_places"),
    path("people", people.people, name="settings_people"),
    path("people/<int:user_id>", people.person, name="settings_person"),
    path("people/limits", people.limits, name="settings_limits"),
    path("desk", desk.standards, name="settings_desk"),
    path("desk/policy", desk.policy, name="settings_policy"),
    path("templates", desk.templates, name="settings_templates"),
    path("templates/<int:template_id>", desk.template, name="settings_template"),
    path("templates/<int:template_id>/archive", desk.archive, name="settings_template_archive"),
    path("programs", programs.tokens, name="settings_programs"),
    path("programs/<int:token_id>/revoke", programs.revoke, name="settings_token_revoke"),
    path("mailboxes", mailboxes.mailboxes, name="settings_mailboxes"),
    path("mailboxes/new", mailboxes.mailbox, name="settings_mailbox_new"),
    path("mailboxes/<int:mailbox_id>", mailboxes.mailbox, name="settings_mailbox"),
    path("mailboxes/<int:mailbox_id>/fetch", mailboxes.fetch, name="settings_mailbox_fetch"),
    path("mailboxes/<int:mailbox_id>/switch", mailboxes.switch, name="settings_mailbox_switch"),
    path("forms/<int:form_id>/switch", mailboxes.switch_form, name="settings_form_switch"),
    path("webhooks", webhooks.endpoints, name="settings_webhooks"),
    path("webhooks/<int:endpoint_id>", webhooks.endpoint, name="settings_webhook"),
    path("webhooks/<int:endpoint_id>/act", webhooks.act, name="settings_webhook_act"),
    path("quarantine", quarantine.quarantine, name="settings_quarantine"),
    path("quarantine/all", quarantine.reprocess_all, name="settings_reprocess_all"),
    path("quarantine/<int:intake_id>/reprocess", quarantine.reprocess, name="settings_reprocess"),
    path("quarantine/<int:intake_id>/dismiss", quarantine.dismiss, name="settings_dismiss"),
    path("quarantine/<int:intake_id>/raw", quarantine.raw, name="settings_raw"),
    path("operations", operations.deliveries, name="settings_operations"),
    path("operations/<int:delivery_id>/retry", operations.retry, name="settings_delivery_retry"),
    path("operations/<int:delivery_id>/skip", operations.skip, name="settings_delivery_skip"),
    path("shops", shops.shops, name="settings_shops"),
    path("shops/<int:connection_id>", shops.shop, name="settings_shop"),
    path("shops/calls/<int:call_id>/retry", shops.retry, name="settings_shop_retry"),
    path("log", log.access_log, name="settings_log"),
]
