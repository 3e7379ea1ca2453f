"""The addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from mikomi.web.inbox import acts, capturing, files, parts, presence, recovery, regrouping, views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:conversation_id>/", views.conversation, name="conversation"),
    path("<int:conversation_id>/write", acts.write, name="conversation_write"),
    path("<int:conversation_id>/assign", acts.assign, name="conversation_assign"),
    path("<int:conversation_id>/close", acts.close, name="conversation_close"),
    path("<int:conversation_id>/reopen", acts.reopen, name="conversation_reopen"),
    path("<int:conversation_id>/snooze", acts.snooze, name="conversation_snooze"),
    path("<int:conversation_id>/severity", acts.severity, name="conversation_severity"),
    path("<int:conversation_id>/delete", acts.delete, name="conversation_delete"),
    path("<int:conversation_id>/restore", acts.restore, name="conversation_restore"),
    path("<int:conversation_id>/files", files.add, name="draft_files"),
    path("<int:conversation_id>/files/<int:draft_file_id>/remove", files.remove, name="draft_file_remove"),
    path("<int:conversation_id>/join", regrouping.join, name="conversation_join"),
    path("message/<int:message_id>/split", regrouping.split, name="message_split"),
    path("regrouping/<int:regrouping_id>/undo", regrouping.undo, name="regrouping_undo"),
    path("<int:conversation_id>/capture", capturing.capture, name="conversation_capture"),
    path("message/<int:message_id>/promises", capturing.sent, name="message_promises"),
    path("<int:conversation_id>/presence", presence.presence, name="conversation_presence"),
    path("<int:conversation_id>/template", parts.template, name="conversation_template"),
    path("<int:conversation_id>/recover", recovery.open_case, name="recovery_open"),
    path("message/<int:message_id>/take-back", acts.take_back, name="message_take_back"),
    path("message/<int:message_id>/frame", parts.frame, name="message_frame"),
    path("attachment/<int:attachment_id>", parts.attachment, name="attachment"),
    path("recovery/<int:recovery_id>/cause", recovery.cause, name="recovery_cause"),
    path("recovery/<int:recovery_id>/apology", recovery.apology, name="recovery_apology"),
    path("recovery/<int:recovery_id>/remedy", recovery.remedy, name="recovery_remedy"),
    path("recovery/<int:recovery_id>/prevention", recovery.prevention, name="recovery_prevention"),
    path("recovery/<int:recovery_id>/follow-up", recovery.follow_up, name="recovery_follow_up"),
    path("recovery/<int:recovery_id>/ask", recovery.ask, name="recovery_ask"),
    path("recovery/<int:recovery_id>/close", recovery.close, name="recovery_close"),
]
