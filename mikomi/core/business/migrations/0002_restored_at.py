from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("business", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="restored_at",
            field=models.DateTimeField(
                help_text="When a backup was put back: what followed from the lost hours may follow again.",
                null=True,
            ),
        ),
    ]
