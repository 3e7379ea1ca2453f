from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_desk_indexes")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="gaps",
            field=models.JSONField(
                default=list, help_text="What stands in the text where something could not be said."
            ),
        )
    ]
