import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
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
                ('question_every_days', models.PositiveSmallIntegerField(default=30, help_text='A customer is asked how it went at most once in so many days.')),
                ('undo_seconds', models.PositiveSmallIntegerField(default=8, help_text='So long an answer written in the composer can be taken back before it leaves.')),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryGuide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('people', 'people'), ('process', 'process'), ('stock', 'stock'), ('carrier', 'carrier'), ('unrealistic', 'the promise was unrealistic'), ('information', 'wrong information'), ('other', 'other')], max_length=12, unique=True)),
                ('remedy_kind', models.CharField(blank=True, help_text='One of `Remedy.Kind`, or none.', max_length=12)),
                ('remedy_minor', models.BigIntegerField(default=0, help_text="In the business's currency.")),
                ('follow_up_days', models.PositiveSmallIntegerField(default=3, help_text='Days after the cause is known; 0: no follow-up.')),
                ('prevention', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['cause'],
            },
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
                ('joined_into', models.ForeignKey(help_text='A person joined it into this one; what would have come here goes there.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='joined', to='conversations.conversation')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='business.team')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer_due_at__isnull', False)), fields=['answer_due_at', 'id'], name='conversation_due'), models.Index(fields=['state', '-last_message_at', '-id'], name='conversation_list'), models.Index(fields=['assignee_id', 'state', '-last_message_at', '-id'], name='conversation_mine'), models.Index(fields=['team', 'state', '-last_message_at', '-id'], name='conversation_team'), models.Index(fields=['customer', '-last_message_at', '-id'], name='conversation_customer'), models.Index(condition=models.Q(('state', 'snoozed')), fields=['snoozed_until'], name='conversation_snoozed'), models.Index(condition=models.Q(('closed_at', None), ('deleted_at', None)), fields=['state', 'team', 'assignee_id', 'answer_due_at'], name='conversation_counts')],
            },
        ),
        migrations.CreateModel(
            name='DraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('author_id', models.BigIntegerField()),
                ('added_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draft_files', to='conversations.conversation')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'indexes': [models.Index(fields=['conversation', 'author_id', 'id'], name='draft_file_of'), models.Index(fields=['added_at'], name='draft_file_age')],
            },
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
                ('marks', models.JSONField(default=dict, help_text='What its channel found out: authentication, security, invitations, nested (records.Marks).')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='conversations.conversation')),
                ('outgoing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='message', to='outbox.outgoingmessage')),
                ('promise', models.ForeignKey(db_index=False, help_text='On whose page the customer wrote it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='promises.promise')),
            ],
            options={
                'ordering': ['sent_at', 'id'],
                'indexes': [models.Index(fields=['conversation', 'sent_at', 'id'], name='message_conversation'), models.Index(condition=models.Q(('promise__isnull', False)), fields=['promise'], name='message_promise')],
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
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('writing_at', models.DateTimeField(null=True)),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'user'), name='presence_once')],
            },
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
            options={
                'indexes': [models.Index(fields=['state', 'follow_up_at', 'id'], name='recovery_open'), models.Index(fields=['customer', '-opened_at'], name='recovery_customer'), models.Index(fields=['opened_at', 'cause'], name='recovery_cause'), models.Index(condition=models.Q(('prevention_done_at', None), ('prevention_due__isnull', False)), fields=['prevention_owner_id', 'prevention_due', 'id'], name='recovery_prevention')],
            },
        ),
        migrations.CreateModel(
            name='Regrouping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('split', 'split off'), ('joined', 'joined')], max_length=8)),
                ('message_ids', models.JSONField(default=list)),
                ('detail', models.JSONField(default=dict, help_text='What the undoing needs: recovery_ids, state.')),
                ('actor_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='given_away', to='conversations.conversation')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taken_in', to='conversations.conversation')),
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
    ]
