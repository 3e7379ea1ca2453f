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
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('skipped', '')), fields=['customer', '-asked_at'], name='invitation_customer'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(condition=models.Q(('handled_at', None), ('is_poor', True)), fields=['-answered_at'], name='answer_poor_open'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['answered_at', 'score'], name='answer_figure'),
        ),
    ]
