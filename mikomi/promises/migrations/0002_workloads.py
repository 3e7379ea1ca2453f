from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promises", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Workload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16, unique=True)),
                (
                    "elasticity",
                    models.FloatField(help_text="How much the hazard falls with the load: 0 not at all."),
                ),
                (
                    "usual_ahead",
                    models.FloatField(
                        help_text="Promises due before a case when it was made, geometric mean."
                    ),
                ),
                (
                    "usual_at_work",
                    models.FloatField(help_text="Colleagues at work over its time, geometric mean."),
                ),
                (
                    "neutral",
                    models.FloatField(
                        help_text="The load for each colleague at which it goes as fast as the cases taken together."
                    ),
                ),
                ("cases", models.IntegerField()),
                ("computed_at", models.DateTimeField()),
            ],
            options={"ordering": ["kind"]},
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("look_at__isnull", False)),
                fields=[
                    "kind",
                    "id",
                    "in_working_time",
                    "is_internal",
                    "state",
                    "group_key",
                    "made_at",
                    "due_at",
                    "expected_at",
                    "keeper_id",
                    "subject_type",
                    "subject_id",
                ],
                name="promise_scored",
            ),
        ),
    ]
