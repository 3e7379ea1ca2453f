import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '0001_initial'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text='shopify, base, csv, api…', max_length=32)),
                ('external_id', models.CharField(max_length=128)),
                ('number', models.CharField(help_text='As the customer knows it.', max_length=64)),
                ('channel', models.CharField(blank=True, help_text="In the source's words: web, pos, app…", max_length=64)),
                ('currency', models.CharField(max_length=3)),
                ('subtotal_minor', models.BigIntegerField(default=0)),
                ('shipping_minor', models.BigIntegerField(default=0)),
                ('tax_minor', models.BigIntegerField(default=0)),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('total_minor', models.BigIntegerField(default=0)),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('payment', models.CharField(blank=True, choices=[('pending', 'payment pending'), ('paid', 'paid'), ('partly_refunded', 'partly refunded'), ('refunded', 'refunded'), ('voided', 'voided')], help_text="Empty: the source doesn't say.", max_length=16)),
                ('payment_method', models.CharField(blank=True, max_length=100)),
                ('fulfilment', models.CharField(choices=[('unfulfilled', 'not shipped'), ('partial', 'partly shipped'), ('shipped', 'shipped'), ('delivered', 'delivered')], default='unfulfilled', max_length=12)),
                ('ordered_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('promised_at', models.DateTimeField(help_text='The delivery we owe: the date given, or asked for, with the order.', null=True)),
                ('promised_by_day', models.BooleanField(default=False)),
                ('requested_on', models.DateField(help_text='The day that the customer asked for.', null=True)),
                ('requested_band', models.CharField(blank=True, help_text='The time of day, as given.', max_length=40)),
                ('ship_by_at', models.DateTimeField(null=True)),
                ('expected_at', models.DateTimeField(help_text='The newest estimate of arrival.', null=True)),
                ('shipped_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('destination_country', models.CharField(blank=True, max_length=2)),
                ('destination_region', models.CharField(blank=True, max_length=100)),
                ('destination_city', models.CharField(blank=True, max_length=200)),
                ('destination_postal_code', models.CharField(blank=True, max_length=20)),
                ('destination_lines', models.TextField(blank=True)),
                ('recipient', models.CharField(blank=True, max_length=300)),
                ('carrier', models.CharField(blank=True, max_length=64)),
                ('tracking_number', models.CharField(blank=True, max_length=128)),
                ('note', models.TextField(blank=True)),
                ('source_updated_at', models.DateTimeField(help_text="By the source's clock: older news changes nothing.", null=True)),
                ('content_hash', models.CharField(help_text='Of what the source said last: the same again is skipped.', max_length=64)),
                ('parts', models.JSONField(default=list, help_text='Hashes of the pieces in which a file brought it, where it came in several.')),
                ('run', models.CharField(blank=True, help_text='The import that met it last.', max_length=32)),
                ('recorded_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField(help_text='When the row was written last.')),
                ('backfill', models.BooleanField(default=False)),
                ('customer', models.ForeignKey(db_index=False, help_text='None: an anonymous sale at the counter.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.customer')),
                ('store', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='business.store')),
            ],
            options={
                'indexes': [models.Index(fields=['-ordered_at', '-id'], name='order_recent'), models.Index(fields=['customer', '-ordered_at', '-id'], name='order_customer'), models.Index(fields=['store', '-ordered_at', '-id'], name='order_store'), models.Index(condition=models.Q(('cancelled_at', None), ('delivered_at', None)), fields=['-ordered_at', '-id'], name='order_open'), models.Index(fields=['updated_at'], name='order_touched')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='order_once')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ordered', 'ordered'), ('promised', 'promised'), ('estimated', 'estimate'), ('shipped', 'shipped'), ('delivered', 'delivered'), ('cancelled', 'cancelled')], max_length=10)),
                ('at', models.DateTimeField()),
                ('known_at', models.DateTimeField(help_text='When we knew of it; for imported history when the source did: as it happened.')),
                ('source', models.CharField(max_length=32)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='commerce.order')),
            ],
            options={
                'ordering': ['known_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=128, unique=True)),
                ('name', models.CharField(max_length=500)),
                ('variant', models.CharField(blank=True, max_length=300)),
                ('price_minor', models.BigIntegerField(help_text='As the customer pays it.', null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('price_known_at', models.DateTimeField(help_text='When the price was so; older news changes nothing.', null=True)),
                ('on_hand', models.IntegerField(help_text='Counted when `stock_known_at`; below 0: sold beyond it. Empty: nobody counts it.', null=True)),
                ('stock_known_at', models.DateTimeField(null=True)),
                ('less_orders', models.BooleanField(default=False, help_text='`on_hand` is what a source called available: less what orders until then still wanted.')),
                ('restock_on', models.DateField(help_text='The day on which more arrive, as far as known.', null=True)),
                ('discontinued_at', models.DateTimeField(help_text='Since when it is no longer sold.', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('on_hand__isnull', False)), fields=['on_hand', 'id'], name='product_counted')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=128)),
                ('sku', models.CharField(blank=True, max_length=128)),
                ('name', models.CharField(max_length=500)),
                ('variant', models.CharField(blank=True, max_length=300)),
                ('quantity', models.IntegerField()),
                ('unit_price_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('updated_at', models.DateTimeField()),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='commerce.order')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='commerce.product')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('order', 'key'), name='order_line_once')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=128)),
                ('amount_minor', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('detail', models.JSONField(default=dict)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refunds', to='commerce.order')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'external_id'), name='refund_once')],
            },
        ),
    ]
