import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('colour', models.CharField(blank=True, max_length=7)),
            ],
        ),
        migrations.CreateModel(
            name='Business',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('preset', models.CharField(default='shop', max_length=16, verbose_name='kind of business')),
                ('time_zone', models.CharField(default='Asia/Tokyo', max_length=64, verbose_name='time zone')),
                ('language', models.CharField(default='ja', max_length=8, verbose_name='language')),
                ('country', models.CharField(default='JP', max_length=2, verbose_name='country')),
                ('currency', models.CharField(default='JPY', max_length=3, verbose_name='currency')),
                ('colour', models.CharField(default='#2b4a8b', max_length=7, verbose_name='colour of public pages')),
                ('logo_file_id', models.BigIntegerField(null=True)),
                ('observes_holidays', models.BooleanField(default=True, verbose_name='closed on public holidays')),
                ('holds_notices', models.BooleanField(default=True, help_text='Notices wait on Today until somebody releases them.', verbose_name='a person releases each notice of a slip')),
                ('quiet_from', models.TimeField(null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(null=True, verbose_name='quiet until')),
                ('weekly_cap', models.PositiveSmallIntegerField(default=3, verbose_name='unasked messages per customer and week')),
                ('ship_within_days', models.PositiveSmallIntegerField(help_text='Posts a promise for each order without a date.', null=True, verbose_name='ships within working days')),
                ('at_risk_from', models.FloatField(default=0.5, verbose_name='chance of breach from which a promise is at risk')),
                ('set_up_at', models.DateTimeField(null=True)),
                ('restored_at', models.DateTimeField(help_text='When a backup was put back: what followed from the lost hours may follow again.', null=True)),
                ('calendar_version', models.PositiveIntegerField(default=0, help_text='Another number after each change of hours, days and zone: other processes see it.')),
            ],
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('intervals', models.JSONField(default=list, help_text='[[opens, closes], …] in minutes since midnight; empty: closed.')),
            ],
            options={
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='0 is Monday')),
                ('opens', models.PositiveSmallIntegerField()),
                ('closes', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['weekday', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes__lte', 1440), ('opens__lt', models.F('closes')), ('weekday__lte', 6)), name='opening_hours_sane')],
            },
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('counter', 'counter'), ('web', 'web shop')], max_length=8)),
                ('code', models.CharField(help_text='How files and shops call it.', max_length=64, unique=True)),
                ('brand', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stores', to='business.brand')),
            ],
        ),
    ]
