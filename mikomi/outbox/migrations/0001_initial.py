import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('purpose', models.CharField(choices=[('answer', 'answer'), ('notice', 'notice about a promise'), ('survey', 'question'), ('marketing', 'news'), ('staff', 'to a colleague')], max_length=12)),
                ('channel', models.CharField(help_text='email, webform…: which transport delivers it', max_length=16)),
                ('sender_key', models.CharField(blank=True, help_text="Which of the channel's senders; its mailbox id.", max_length=64)),
                ('to_address', models.CharField(max_length=320)),
                ('to_name', models.CharField(blank=True, max_length=300)),
                ('language', models.CharField(max_length=8)),
                ('subject', models.CharField(blank=True, max_length=500)),
                ('text', models.TextField()),
                ('html', models.TextField(blank=True)),
                ('headers', models.JSONField(default=dict, help_text='in_reply_to, references, reply_token, auto_submitted, list_unsubscribe')),
                ('file_ids', models.JSONField(default=list)),
                ('once_key', models.CharField(help_text='The same key is never sent twice.', max_length=120, null=True, unique=True)),
                ('subject_type', models.CharField(blank=True, help_text='What it is about: promise, message…', max_length=32)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('held', 'waits for a person'), ('waiting', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('uncertain', 'perhaps sent'), ('failed', 'failed'), ('refused', 'not sent'), ('cancelled', 'cancelled')], max_length=10)),
                ('reason', models.CharField(blank=True, help_text='Code: why held, refused or failed.', max_length=64)),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('not_before', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claimed_by', models.CharField(blank=True, max_length=64)),
                ('attempt_began', models.BooleanField(default=False, help_text='Committed before the server is spoken to: from here on it may have left.')),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=250)),
                ('sent_at', models.DateTimeField(null=True)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('team_id', models.BigIntegerField(help_text="Only this team's members see it; none: everybody.", null=True)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outgoing', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['not_before', 'id'], name='outgoing_due'), models.Index(condition=models.Q(('state__in', ['held', 'sending', 'uncertain', 'failed'])), fields=['state', 'id'], name='outgoing_open'), models.Index(fields=['customer', 'purpose', '-created_at'], name='outgoing_caps'), models.Index(fields=['subject_type', 'subject_id'], name='outgoing_subject')],
            },
        ),
    ]
