import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('conversations', '0001_initial'),
        ('customers', '0001_initial'),
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Questionnaire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('servqual', 'expected and perceived service (22 pairs)'), ('kano', 'what features mean to people (Kano)'), ('importance', 'importance and performance'), ('disconfirmation', 'better or worse than expected')], max_length=16)),
                ('title', models.CharField(help_text="For colleagues; customers don't see it.", max_length=200)),
                ('items', models.JSONField(default=list)),
                ('token', models.CharField(help_text='Of the open link, for a notice or a QR code.', max_length=32, unique=True)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(help_text='No answers are taken any more.', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SurprisePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('is_active', models.BooleanField(default=True)),
                ('budget_minor', models.BigIntegerField(help_text="In a month, in the business's currency.")),
                ('discount_minor', models.BigIntegerField(help_text='What a discount costs.')),
                ('upgrade_minor', models.BigIntegerField(help_text='What an upgrade costs.')),
                ('early_minor', models.BigIntegerField(help_text='What an early delivery costs.')),
                ('note_minor', models.BigIntegerField(help_text='What a note costs.')),
                ('holdout_share', models.FloatField(help_text='0…1: so many get no surprise, by chance.')),
                ('rest_days', models.PositiveSmallIntegerField(help_text='Nobody is surprised again sooner.')),
                ('seed', models.CharField(help_text='Decides who is held out; never changed.', max_length=32)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('csat', 'satisfaction (1 to 5)')], default='csat', max_length=8)),
                ('token', models.CharField(max_length=32, unique=True)),
                ('recovery_id', models.BigIntegerField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('skipped', models.CharField(blank=True, help_text='Code: why the customer was not asked after all; empty: was asked.', max_length=64)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='conversations.conversation')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='customers.customer')),
                ('outgoing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbox.outgoingmessage')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('skipped', '')), fields=['customer', '-asked_at'], name='invitation_customer')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('score', models.PositiveSmallIntegerField()),
                ('comment', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField()),
                ('is_poor', models.BooleanField(default=False)),
                ('reported_poor_at', models.DateTimeField(help_text='When it was first poor: it is reported once, whatever is clicked later.', null=True)),
                ('handled_at', models.DateTimeField(help_text='When the case that a poor answer reopened was closed.', null=True)),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='answer', to='feedback.invitation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('handled_at', None), ('is_poor', True)), fields=['-answered_at'], name='answer_poor_open'), models.Index(fields=['answered_at', 'score'], name='answer_figure')],
            },
        ),
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('token', models.CharField(max_length=32, unique=True)),
                ('source', models.CharField(help_text='Code: invitation, link, api, csv.', max_length=16)),
                ('once_key', models.CharField(help_text='The same sheet arrives once; none: by link.', max_length=120, null=True)),
                ('answers', models.JSONField(default=dict, help_text='Code of the question → number; see `instruments.py`.')),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(help_text='When the first answer came.', null=True)),
                ('is_complete', models.BooleanField(default=False)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('outgoing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbox.outgoingmessage')),
                ('questionnaire', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='feedback.questionnaire')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', False)), fields=['questionnaire', 'answered_at'], name='sheet_answered')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('once_key__isnull', False)), fields=('questionnaire', 'once_key'), name='sheet_once')],
            },
        ),
        migrations.CreateModel(
            name='Surprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('discount', 'unexpected discount'), ('upgrade', 'upgrade'), ('early', 'early delivery'), ('note', 'handwritten note')], max_length=10)),
                ('reason', models.CharField(choices=[('made_good', 'a broken promise was made good'), ('milestone', 'a round number of orders'), ('first_order', 'the first order'), ('waiting', 'waits, and we could be earlier')], max_length=12)),
                ('promise_id', models.BigIntegerField(help_text='The promise that prompted it.', null=True)),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('approved', 'to be carried out'), ('done', 'carried out'), ('dismissed', 'dismissed'), ('expired', 'expired'), ('held_out', 'held out')], default='proposed', max_length=10)),
                ('cost_minor', models.BigIntegerField()),
                ('weight', models.FloatField(help_text='By this the proposals are ranked.')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('actor_id', models.BigIntegerField(help_text='Who decided.', null=True)),
                ('carrier_id', models.BigIntegerField(help_text='Who carries it out; none: whoever may.', null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by_id', models.BigIntegerField(help_text='None: the message that it is has left.', null=True)),
                ('measured_at', models.DateTimeField(help_text='When it was seen what came of it.', null=True)),
                ('came_back', models.BooleanField(help_text='Whether the customer bought again in time.', null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('outgoing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbox.outgoingmessage')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surprises', to='feedback.surpriseplan')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-proposed_at'], name='surprise_customer'), models.Index(condition=models.Q(('state', 'proposed')), fields=['-weight', 'id'], name='surprise_proposed'), models.Index(condition=models.Q(('state', 'approved')), fields=['decided_at', 'id'], name='surprise_to_do'), models.Index(fields=['proposed_at'], name='surprise_when')],
            },
        ),
    ]
