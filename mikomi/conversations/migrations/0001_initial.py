import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '0001_initial'),
        ('customers', '0001_initial'),
        ('files', '0001_initial'),
        ('outbox', '0001_initial'),
        ('promises', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confirmation_wait_days', models.PositiveSmallIntegerField(default=5, help_text="Working days that a recovery waits for the customer's word once asked.")),
                ('question_after_minutes', models.PositiveSmallIntegerField(default=30, help_text='How long after closing the question goes out; reopened before, it is not asked.')),
                ('tells_without_date', models.BooleanField(default=False, help_text='Customers are told of a promise at risk even while no new date is known.')),
                ('question_every_days', models.PositiveSmallIntegerField(default=30, help_text='A customer is asked how it went at most once in so many days.')),
            ],
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('subject', models.CharField(blank=True, max_length=500)),
                ('channel', models.CharField(help_text='Where it began.', max_length=16)),
                ('state', models.CharField(choices=[('open', 'open'), ('snoozed', 'snoozed'), ('closed', 'closed')], default='open', max_length=8)),
                ('severity', models.CharField(choices=[('urgent', 'urgent'), ('high', 'high'), ('normal', 'normal'), ('low', 'low')], default='normal', max_length=8)),
                ('language', models.CharField(default='ja', max_length=8)),
                ('brand_id', models.BigIntegerField(null=True)),
                ('assignee_id', models.BigIntegerField(null=True)),
                ('sender_key', models.CharField(blank=True, help_text='The mailbox that answers go out from.', max_length=64)),
                ('created_at', models.DateTimeField()),
                ('last_message_at', models.DateTimeField()),
                ('excerpt', models.CharField(blank=True, help_text='Of the newest message, for the list.', max_length=200)),
                ('waiting_since', models.DateTimeField(help_text='Since when the customer waits for us.', null=True)),
                ('answer_due_at', models.DateTimeField(help_text="Of the promise of an answer; for the list's order.", null=True)),
                ('first_answered_at', models.DateTimeField(null=True)),
                ('snoozed_until', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('message_count', models.IntegerField(default=0)),
                ('deleted_at', models.DateTimeField(help_text='A tombstone: the next poll does not bring it back.', null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='customers.customer')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='business.team')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('in', 'from the customer'), ('out', 'from us'), ('note', 'internal note')], max_length=4)),
                ('channel', models.CharField(max_length=16)),
                ('author_id', models.BigIntegerField(help_text='The user, for messages from us and notes.', null=True)),
                ('from_name', models.CharField(blank=True, max_length=300)),
                ('from_address', models.CharField(blank=True, max_length=320)),
                ('subject', models.CharField(blank=True, max_length=500)),
                ('text', models.TextField()),
                ('html', models.TextField(blank=True, help_text='As received; shown only cleaned, in a frame of its own.')),
                ('sent_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('intake_id', models.BigIntegerField(help_text='The raw arrival it was made from.', null=True, unique=True)),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=250)),
                ('is_automatic', models.BooleanField(default=False, help_text='A machine wrote it: never answered automatically.')),
                ('template_key', models.CharField(blank=True, help_text='The template it was begun from.', max_length=64)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='conversations.conversation')),
                ('outgoing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='message', to='outbox.outgoingmessage')),
            ],
            options={
                'ordering': ['sent_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('content_id', models.CharField(blank=True, max_length=250)),
                ('refused', models.CharField(blank=True, max_length=64)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='conversations.message')),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'open'), ('asked', 'asked whether it is solved'), ('closed', 'closed')], default='open', max_length=8)),
                ('owner_id', models.BigIntegerField(null=True)),
                ('cause', models.CharField(blank=True, choices=[('people', 'people'), ('process', 'process'), ('stock', 'stock'), ('carrier', 'carrier'), ('unrealistic', 'the promise was unrealistic'), ('information', 'wrong information'), ('other', 'other')], max_length=12)),
                ('cause_note', models.TextField(blank=True)),
                ('apologised_at', models.DateTimeField(null=True)),
                ('prevention', models.TextField(blank=True)),
                ('prevention_owner_id', models.BigIntegerField(null=True)),
                ('prevention_due', models.DateField(null=True)),
                ('prevention_done_at', models.DateTimeField(null=True)),
                ('follow_up_at', models.DateTimeField(null=True)),
                ('follow_up_noticed_at', models.DateTimeField(help_text='When the sweep said that it is due.', null=True)),
                ('follow_up_done_at', models.DateTimeField(null=True)),
                ('confirmation_token', models.CharField(max_length=32, unique=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('solved', 'the customer says it is solved'), ('unanswered', 'asked, and waited without an answer'), ('not_solved', 'not solved')], max_length=12)),
                ('cost_minor', models.BigIntegerField(default=0, help_text='Of the remedies granted; minor units of `currency`.')),
                ('currency', models.CharField(default='JPY', max_length=3)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('reopened_count', models.PositiveSmallIntegerField(default=0)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recoveries', to='conversations.conversation')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='customers.customer')),
                ('promise', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='recovery', to='promises.promise')),
            ],
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('refund', 'refund'), ('discount', 'discount'), ('points', 'points'), ('replacement', 'replacement'), ('free_service', 'free service')], max_length=12)),
                ('amount_minor', models.BigIntegerField(help_text='What it costs us.')),
                ('currency', models.CharField(max_length=3)),
                ('note', models.TextField(blank=True)),
                ('granted_by_id', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('detail', models.JSONField(default=dict)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='conversations.recoverycase')),
            ],
        ),
        migrations.CreateModel(
            name='ResponseStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(blank=True, help_text='Empty: every channel.', max_length=16)),
                ('severity', models.CharField(blank=True, choices=[('urgent', 'urgent'), ('high', 'high'), ('normal', 'normal'), ('low', 'low')], help_text='Empty: every severity.', max_length=8)),
                ('amount', models.PositiveIntegerField()),
                ('unit', models.CharField(choices=[('minutes', 'minutes'), ('working_minutes', 'working minutes'), ('working_days', 'working days')], default='working_minutes', max_length=16)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'severity'), name='standard_once')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=8)),
                ('title', models.CharField(max_length=200)),
                ('subject', models.CharField(blank=True, max_length=500)),
                ('text', models.TextField()),
                ('is_archived', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['title', 'id'],
                'constraints': [models.UniqueConstraint(fields=('key', 'language'), name='template_once')],
            },
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('answer_due_at__isnull', False)), fields=['answer_due_at', 'id'], name='conversation_due'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['state', '-last_message_at', '-id'], name='conversation_list'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['assignee_id', 'state', '-last_message_at', '-id'], name='conversation_mine'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['team', 'state', '-last_message_at', '-id'], name='conversation_team'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['customer', '-last_message_at', '-id'], name='conversation_customer'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('state', 'snoozed')), fields=['snoozed_until'], name='conversation_snoozed'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['conversation', 'sent_at', 'id'], name='message_conversation'),
        ),
        migrations.AddIndex(
            model_name='recoverycase',
            index=models.Index(fields=['state', 'follow_up_at', 'id'], name='recovery_open'),
        ),
        migrations.AddIndex(
            model_name='recoverycase',
            index=models.Index(fields=['customer', '-opened_at'], name='recovery_customer'),
        ),
    ]
