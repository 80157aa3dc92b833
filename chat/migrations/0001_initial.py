import chat.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('blocked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'block',
                'verbose_name_plural': 'blocks',
            },
        ),
        migrations.CreateModel(
            name='EarlierBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(verbose_name='message')),
                ('replaced_at', models.DateTimeField(verbose_name='replaced at')),
            ],
            options={
                'verbose_name': 'earlier text',
                'verbose_name_plural': 'earlier texts',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'Member'), ('host', 'Host'), ('moderator', 'Moderator')], default='member', max_length=10, verbose_name='role')),
                ('admitted_at', models.DateTimeField(verbose_name='admitted at')),
                ('read', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='read up to')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(verbose_name='number')),
                ('changed', models.PositiveBigIntegerField(verbose_name='number of the last change')),
                ('role', models.CharField(choices=[('member', 'Member'), ('host', 'Host'), ('moderator', 'Moderator')], default='member', max_length=10, verbose_name='role')),
                ('client_id', models.UUIDField(verbose_name="sender's id")),
                ('body', models.TextField(max_length=2000, verbose_name='message')),
                ('folded', models.TextField(default='', editable=False)),
                ('mentions', models.JSONField(blank=True, default=dict, editable=False, verbose_name='mentions')),
                ('posted_at', models.DateTimeField(verbose_name='posted at')),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='edited at')),
                ('deleted_at', models.DateTimeField(blank=True, null=True, verbose_name='deleted at')),
                ('hidden_at', models.DateTimeField(blank=True, null=True, verbose_name='hidden at')),
                ('reactions', models.JSONField(default=dict, editable=False)),
                ('reacted_at', models.DateTimeField(editable=False, null=True)),
                ('pinned_at', models.DateTimeField(blank=True, null=True, verbose_name='pinned at')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('process', models.CharField(max_length=32)),
                ('seen_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'presence',
                'verbose_name_plural': 'presences',
            },
        ),
        migrations.CreateModel(
            name='Reachable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=chat.clock.now)),
            ],
            options={
                'verbose_name': 'reachable person',
                'verbose_name_plural': 'reachable people',
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sign', models.CharField(choices=[('👍', 'Thumbs up'), ('❤️', 'Heart'), ('😄', 'Laughing'), ('🎉', 'Celebrating'), ('🤔', 'Thinking'), ('👏', 'Applause')], max_length=4, verbose_name='sign')),
            ],
            options={
                'verbose_name': 'reaction',
                'verbose_name_plural': 'reactions',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('reported_at', models.DateTimeField(verbose_name='reported at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['reported_at'],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('head', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='last number')),
                ('is_direct', models.BooleanField(default=False, editable=False)),
                ('slow_seconds', models.PositiveSmallIntegerField(default=0, verbose_name='seconds between two messages of a person')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused at')),
                ('next_posts', models.JSONField(default=dict, editable=False)),
            ],
            options={
                'verbose_name': 'chat room',
                'verbose_name_plural': 'chat rooms',
            },
        ),
        migrations.CreateModel(
            name='Sanction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mute', 'muted'), ('ban', 'excluded')], max_length=10, verbose_name='measure')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('imposed_at', models.DateTimeField(verbose_name='imposed at')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends at')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
            ],
            options={
                'verbose_name': 'measure',
                'verbose_name_plural': 'measures',
                'ordering': ['-imposed_at'],
            },
        ),
        migrations.CreateModel(
            name='Talk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'direct talk',
                'verbose_name_plural': 'direct talks',
            },
        ),
    ]
