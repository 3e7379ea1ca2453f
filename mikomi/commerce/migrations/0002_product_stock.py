from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commerce", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="price_minor",
            field=models.BigIntegerField(help_text="As the customer pays it.", null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="product",
            name="price_known_at",
            field=models.DateTimeField(
                help_text="When the price was so; older news changes nothing.", null=True
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="on_hand",
            field=models.IntegerField(
                help_text="Counted when `stock_known_at`; below 0: sold beyond it. Empty: nobody counts it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="product", name="stock_known_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="product",
            name="restock_on",
            field=models.DateField(help_text="The day on which more arrive, as far as known.", null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="discontinued_at",
            field=models.DateTimeField(help_text="Since when it is no longer sold.", null=True),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("on_hand__isnull", False)),
                fields=["on_hand", "id"],
                name="product_counted",
            ),
        ),
    ]
