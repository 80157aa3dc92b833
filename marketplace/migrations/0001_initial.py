import conference.uploads
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('chat', '0001_initial'),
        ('conference', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Stand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='address')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('organisation', models.CharField(max_length=160, verbose_name='organisation')),
                ('place', models.CharField(max_length=120, verbose_name='place')),
                ('district', models.CharField(max_length=120, verbose_name='district')),
                ('summary', models.CharField(max_length=240, verbose_name='in one sentence')),
                ('story', models.TextField(blank=True, max_length=20000, verbose_name='story')),
                ('picture', models.ImageField(blank=True, upload_to='stands/', verbose_name='picture')),
                ('card', models.ImageField(blank=True, editable=False, upload_to='stands/', verbose_name='small picture')),
                ('picture_text', models.CharField(blank=True, max_length=240, verbose_name='picture in words')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.', verbose_name='position on the stroll')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stands', to='conference.event', verbose_name='event')),
                ('room', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chat.room', verbose_name='chat room')),
            ],
            options={
                'verbose_name': 'stand',
                'verbose_name_plural': 'stands',
                'ordering': ['topic__position', 'topic__name', 'position', 'title'],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('course', 'Course'), ('advice', 'Advice'), ('funding', 'Funding'), ('visit', 'Visit')], max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('audience', models.CharField(blank=True, max_length=160, verbose_name='for whom')),
                ('when', models.CharField(blank=True, max_length=120, verbose_name='when')),
                ('cost', models.CharField(blank=True, max_length=120, verbose_name='cost')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('stand', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='marketplace.stand')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='address')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='conference.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.AddField(
            model_name='stand',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands', to='marketplace.topic', verbose_name='topic'),
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.CharField(blank=True, max_length=120, verbose_name='function')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('stand', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads', to='marketplace.stand')),
            ],
            options={
                'verbose_name': 'project lead',
                'verbose_name_plural': 'project leads',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('stand', 'person'), name='lead_once_per_stand')],
            },
        ),
        migrations.CreateModel(
            name='StandMaterial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('file', models.FileField(blank=True, upload_to='materials/', validators=[conference.uploads.check_document], verbose_name='file')),
                ('url', models.URLField(blank=True, verbose_name='link')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('stand', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='marketplace.stand')),
            ],
            options={
                'verbose_name': 'material',
                'verbose_name_plural': 'materials',
                'ordering': ['position', 'pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('file', ''), ('url', ''), _connector='XOR'), name='standmaterial_is_file_or_link', violation_error_message='Give either a file or a link.')],
            },
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('event', 'slug'), name='topic_has_its_address'),
        ),
        migrations.AddConstraint(
            model_name='stand',
            constraint=models.UniqueConstraint(fields=('event', 'slug'), name='stand_has_its_address'),
        ),
    ]
