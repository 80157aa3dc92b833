import chat.clock
import conference.models.event
import conference.uploads
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('chat', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contingent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='for whom')),
                ('code', models.CharField(help_text='Hand it to the group. Spaces, hyphens and case do not matter.', max_length=40, verbose_name='code')),
                ('seats', models.PositiveIntegerField(verbose_name='places')),
                ('used', models.PositiveIntegerField(default=0, editable=False, verbose_name='places taken')),
                ('releases_at', models.DateTimeField(help_text='What is left then goes to those who wait, or is free.', verbose_name='free for everybody from')),
                ('released_at', models.DateTimeField(editable=False, null=True, verbose_name='released at')),
            ],
            options={
                'verbose_name': 'contingent',
                'verbose_name_plural': 'contingents',
                'ordering': ['slot__round__starts_at', 'slot__forum__number', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='address')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('language', models.CharField(default='de', max_length=5, verbose_name='language of the text')),
                ('body', models.TextField(help_text='Markdown: headings, lists, links.', verbose_name='text')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position in the footer')),
            ],
            options={
                'verbose_name': 'page',
                'verbose_name_plural': 'pages',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('organisation', models.CharField(blank=True, max_length=160, verbose_name='organisation')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='municipality or district')),
                ('function', models.CharField(blank=True, max_length=120, verbose_name='function')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], default='de', max_length=5, verbose_name='language')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may use the administration')),
                ('is_active', models.BooleanField(default=True, verbose_name='may log in')),
                ('joined_at', models.DateTimeField(default=chat.clock.now, editable=False, verbose_name='joined at')),
                ('calendar_number', models.PositiveIntegerField(default=1, editable=False)),
                ('confirmed_at', models.DateTimeField(default=chat.clock.now, editable=False, null=True, verbose_name='address confirmed at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'persons',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called_off_at', models.DateTimeField(blank=True, help_text="It then stands as cancelled on all pages and in people's calendars.", null=True, verbose_name='called off at')),
                ('changed_at', models.DateTimeField(default=chat.clock.now, editable=False)),
                ('slug', models.SlugField(unique=True, verbose_name='address')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('subtitle', models.CharField(blank=True, max_length=240, verbose_name='subtitle')),
                ('language', models.CharField(default='de', max_length=5, verbose_name='language of the texts')),
                ('form', models.CharField(choices=[('online', 'online'), ('on_site', 'on site')], default='online', max_length=10, verbose_name='form')),
                ('venue', models.CharField(blank=True, max_length=160, verbose_name='venue')),
                ('starts_at', models.DateTimeField(verbose_name='starts at')),
                ('ends_at', models.DateTimeField(verbose_name='ends at')),
                ('time_zone', models.CharField(default='Europe/Berlin', max_length=64, validators=[conference.models.event.validate_zone], verbose_name='time zone')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('registration_opens_at', models.DateTimeField(blank=True, null=True, verbose_name='registration opens at')),
                ('registration_closes_at', models.DateTimeField(blank=True, null=True, verbose_name='registration closes at')),
                ('market_opens_at', models.DateTimeField(blank=True, null=True, verbose_name='market opens at')),
                ('nameless', models.PositiveIntegerField(default=0, editable=False)),
                ('description', models.TextField(blank=True, verbose_name='what it is about')),
                ('audience', models.TextField(blank=True, verbose_name='for whom')),
                ('hosted_by', models.TextField(blank=True, verbose_name='by whom')),
                ('technical_notes', models.TextField(blank=True, verbose_name='technical notes')),
                ('review', models.TextField(blank=True, verbose_name='review')),
                ('contact_name', models.CharField(blank=True, max_length=160, verbose_name='contact')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name="contact's e-mail address")),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name="contact's telephone")),
                ('picture', models.ImageField(blank=True, upload_to='events/', verbose_name='picture')),
                ('picture_text', models.CharField(blank=True, max_length=240, verbose_name='picture in words')),
                ('places_per_person', models.PositiveSmallIntegerField(default=1, help_text='So many may one person hold in the whole event, one in each round.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='places of one person')),
                ('gives_places_at_once', models.BooleanField(default=False, help_text='Otherwise a place is offered, and they decide. Whoever would give up another place for it is always asked.', verbose_name='give free places at once to those who wait')),
                ('offer_minutes', models.PositiveIntegerField(default=1440, validators=[django.core.validators.MinValueValidator(5)], verbose_name='minutes to answer an offer')),
                ('places_change_until', models.DateTimeField(blank=True, help_text='Empty: until the round is over.', null=True, verbose_name='places may be changed and returned until')),
                ('no_shows_after', models.PositiveSmallIntegerField(blank=True, help_text='From the start of a round, if somebody waits. Empty: they keep them.', null=True, verbose_name='minutes after which the places of those absent go on')),
                ('organisers', models.ManyToManyField(blank=True, related_name='organised_events', to=settings.AUTH_USER_MODEL, verbose_name='organisers')),
                ('room', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chat.room', verbose_name='chat room')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['-starts_at'],
            },
        ),
        migrations.CreateModel(
            name='Forum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('abstract', models.TextField(blank=True, verbose_name='abstract')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='above all for')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forums', to='conference.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'forum',
                'verbose_name_plural': 'forums',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ForumMaterial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('file', models.FileField(blank=True, upload_to='materials/', validators=[conference.uploads.check_document], verbose_name='file')),
                ('url', models.URLField(blank=True, verbose_name='link')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='conference.forum')),
            ],
            options={
                'verbose_name': 'material',
                'verbose_name_plural': 'materials',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(default='de', max_length=5, verbose_name='language')),
                ('left_at', models.DateTimeField(default=chat.clock.now, verbose_name='left at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interests', to='conference.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'address to be told',
                'verbose_name_plural': 'addresses to be told when registration opens',
                'ordering': ['left_at'],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.EmailField(max_length=254, verbose_name='to')),
                ('occasion', models.CharField(max_length=40, verbose_name='occasion')),
                ('key', models.CharField(blank=True, editable=False, max_length=120)),
                ('way_in', models.CharField(blank=True, choices=[('login', 'logs in, for half an hour'), ('confirm', 'confirms the registration'), ('entrance', 'lets in, until the event ends')], max_length=10, verbose_name='link')),
                ('next_path', models.CharField(blank=True, editable=False, max_length=500)),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='answers go to')),
                ('unsubscribe_url', models.URLField(blank=True, editable=False, max_length=500)),
                ('language', models.CharField(default='de', max_length=5, verbose_name='language')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('calendar', models.TextField(blank=True, verbose_name='calendar file')),
                ('created_at', models.DateTimeField(verbose_name='written at')),
                ('next_try_at', models.DateTimeField(blank=True, null=True, verbose_name='next try at')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('copies', models.PositiveSmallIntegerField(default=0, verbose_name='sent again')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='last tried at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('given_up_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                ('recalled_at', models.DateTimeField(blank=True, null=True, verbose_name='not due any more at')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='conference.event', verbose_name='event')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='question')),
                ('hint', models.CharField(blank=True, max_length=200, verbose_name='hint')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('choice', 'One of several'), ('choices', 'Several of several')], default='text', max_length=10, verbose_name='kind')),
                ('choices', models.TextField(blank=True, help_text='One a line; not for texts.', verbose_name='to choose from')),
                ('is_required', models.BooleanField(default=False, verbose_name='must be answered')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='conference.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions to those who register',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='address')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('available_from', models.DateTimeField(verbose_name='opens at')),
                ('public_from', models.DateTimeField(blank=True, null=True, verbose_name='for everyone from')),
                ('duration', models.DurationField(blank=True, null=True, verbose_name='length')),
                ('video', models.FileField(upload_to='recordings/', validators=[django.core.validators.FileExtensionValidator(['mp4'])], verbose_name='video')),
                ('poster', models.ImageField(blank=True, upload_to='recordings/', verbose_name='poster')),
                ('captions', models.FileField(blank=True, upload_to='recordings/', validators=[django.core.validators.FileExtensionValidator(['vtt'])], verbose_name='captions')),
                ('chapters', models.FileField(blank=True, upload_to='recordings/', validators=[django.core.validators.FileExtensionValidator(['vtt'])], verbose_name='chapters')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recordings', to='conference.event', verbose_name='event')),
                ('forum', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='recordings', to='conference.forum', verbose_name='forum')),
            ],
            options={
                'verbose_name': 'recording',
                'verbose_name_plural': 'recordings',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RecordingMaterial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('file', models.FileField(blank=True, upload_to='materials/', validators=[conference.uploads.check_document], verbose_name='file')),
                ('url', models.URLField(blank=True, verbose_name='link')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='conference.recording')),
            ],
            options={
                'verbose_name': 'material',
                'verbose_name_plural': 'materials',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consented_at', models.DateTimeField(blank=True, null=True, verbose_name='consented at')),
                ('registered_at', models.DateTimeField(verbose_name='registered at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('declined_mails_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='wants no more mails since')),
                ('needs_sign_language', models.BooleanField(default=False, verbose_name='needs sign language')),
                ('needs_captions', models.BooleanField(default=False, verbose_name='needs captions')),
                ('other_needs', models.CharField(blank=True, max_length=500, verbose_name='other access needs')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='conference.event', verbose_name='event')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'registration',
                'verbose_name_plural': 'registrations',
                'ordering': ['person__name'],
            },
        ),
        migrations.CreateModel(
            name='LoginLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('next_path', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='login_links', to=settings.AUTH_USER_MODEL)),
                ('registration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='login_links', to='conference.registration')),
            ],
            options={
                'verbose_name': 'login link',
                'verbose_name_plural': 'login links',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(default=list)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='conference.question')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='conference.registration')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'ordering': ['question__position', 'question'],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called_off_at', models.DateTimeField(blank=True, help_text="It then stands as cancelled on all pages and in people's calendars.", null=True, verbose_name='called off at')),
                ('changed_at', models.DateTimeField(default=chat.clock.now, editable=False)),
                ('slug', models.SlugField(max_length=80, verbose_name='address')),
                ('kind', models.CharField(choices=[('greeting', 'Greeting'), ('dialogue', 'Dialogue'), ('keynote', 'Keynote'), ('plenary', 'Plenary'), ('talks', 'Impulse talks'), ('market', 'Market of possibilities'), ('round', 'Forums'), ('break', 'Break')], max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('abstract', models.TextField(blank=True, verbose_name='abstract')),
                ('starts_at', models.DateTimeField(verbose_name='starts at')),
                ('ends_at', models.DateTimeField(verbose_name='ends at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='conference.event', verbose_name='event')),
                ('room', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chat.room', verbose_name='chat room')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ['starts_at', 'ends_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='recording',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='recordings', to='conference.session', verbose_name='session'),
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marked_at', models.DateTimeField(default=chat.clock.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='conference.session')),
            ],
            options={
                'verbose_name': 'marked session',
                'verbose_name_plural': 'marked sessions',
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.PositiveIntegerField(default=25, verbose_name='places')),
                ('taken', models.PositiveIntegerField(default=0, editable=False, verbose_name='places taken')),
                ('offered', models.PositiveIntegerField(default=0, editable=False, verbose_name='places on offer')),
                ('held', models.PositiveIntegerField(default=0, editable=False, verbose_name='places held back')),
                ('webinar_url', models.URLField(blank=True, help_text='Shown to those in the room, from ten minutes before the start.', verbose_name='address of the video conference')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='conference.forum', verbose_name='forum')),
                ('moderators', models.ManyToManyField(blank=True, related_name='moderated_slots', to=settings.AUTH_USER_MODEL, verbose_name='moderators')),
                ('room', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chat.room', verbose_name='chat room')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='conference.session', verbose_name='round')),
            ],
            options={
                'verbose_name': 'slot',
                'verbose_name_plural': 'slots',
                'ordering': ['round__starts_at', 'forum__number'],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nth', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('taken_at', models.DateTimeField(verbose_name='taken at')),
                ('coming_at', models.DateTimeField(editable=False, null=True, verbose_name='said “I’m coming” at')),
                ('entered_at', models.DateTimeField(editable=False, null=True, verbose_name='entered at')),
                ('contingent', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='places', to='conference.contingent', verbose_name='contingent')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='conference.registration', verbose_name='registration')),
                ('round', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='conference.session')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='places', to='conference.slot', verbose_name='slot')),
            ],
            options={
                'verbose_name': 'place',
                'verbose_name_plural': 'places',
                'ordering': ['round__starts_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='contingent',
            name='slot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contingents', to='conference.slot', verbose_name='slot'),
        ),
        migrations.CreateModel(
            name='Speaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('office', models.CharField(blank=True, max_length=200, verbose_name='office or function')),
                ('biography', models.TextField(blank=True, verbose_name='short biography')),
                ('portrait', models.ImageField(blank=True, upload_to='speakers/', verbose_name='portrait')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='conference.event', verbose_name='event')),
                ('person', models.ForeignKey(blank=True, help_text='Links the speaker to somebody who can log in.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='speakers', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'speaker',
                'verbose_name_plural': 'speakers',
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='session',
            name='speakers',
            field=models.ManyToManyField(blank=True, related_name='sessions', to='conference.speaker', verbose_name='speakers'),
        ),
        migrations.AddField(
            model_name='recording',
            name='speakers',
            field=models.ManyToManyField(blank=True, related_name='recordings', to='conference.speaker', verbose_name='speakers'),
        ),
        migrations.AddField(
            model_name='forum',
            name='speakers',
            field=models.ManyToManyField(blank=True, related_name='forums', to='conference.speaker', verbose_name='speakers'),
        ),
        migrations.CreateModel(
            name='TechCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sound', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No')], max_length=10, verbose_name='sound')),
                ('video', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No')], max_length=10, verbose_name='video')),
                ('live', models.CharField(blank=True, choices=[('socket', 'at once'), ('polling', 'every few seconds'), ('none', 'not at all')], max_length=10, verbose_name='live connection')),
                ('browser', models.CharField(blank=True, choices=[('good', 'recent'), ('old', 'too old')], max_length=10, verbose_name='browser')),
                ('checked_at', models.DateTimeField(default=chat.clock.now, verbose_name='checked at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tech_checks', to='conference.event', verbose_name='event')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tech_checks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'technical check',
                'verbose_name_plural': 'technical checks',
            },
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField(editable=False, verbose_name='rank')),
                ('joined_at', models.DateTimeField(verbose_name='waits since')),
                ('offer_expires_at', models.DateTimeField(editable=False, null=True, verbose_name='the offer is good until')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waitings', to='conference.forum', verbose_name='forum')),
                ('offered_slot', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='conference.slot', verbose_name='has an offer for')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waitings', to='conference.registration', verbose_name='registration')),
                ('slot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='waitings', to='conference.slot', verbose_name='slot')),
            ],
            options={
                'verbose_name': 'waiting person',
                'verbose_name_plural': 'waiting list',
                'ordering': ['forum', 'rank', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WatchPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seconds', models.FloatField()),
                ('saved_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watch_positions', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='conference.recording')),
            ],
            options={
                'verbose_name': 'position in a recording',
                'verbose_name_plural': 'positions in recordings',
            },
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='address_in_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='event_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('places_per_person__range', (1, 9))), name='places_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='forummaterial',
            constraint=models.CheckConstraint(condition=models.Q(('file', ''), ('url', ''), _connector='XOR'), name='forummaterial_is_file_or_link', violation_error_message='Give either a file or a link.'),
        ),
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.UniqueConstraint(fields=('event', 'email'), name='told_once'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['next_try_at'], name='mail_due'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='mail_written_once'),
        ),
        migrations.AddConstraint(
            model_name='recordingmaterial',
            constraint=models.CheckConstraint(condition=models.Q(('file', ''), ('url', ''), _connector='XOR'), name='recordingmaterial_is_file_or_link', violation_error_message='Give either a file or a link.'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('event', 'person'), name='registered_once'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('registration', 'question'), name='answered_once'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(fields=('person', 'session'), name='marked_once'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('forum', 'round'), name='one_slot_per_round'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taken'), '+', models.F('offered')), '+', models.F('held')))), name='slot_not_overbooked'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('registration', 'nth'), name='place_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('registration', 'round'), name='one_place_in_a_round'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('nth__range', (1, 9))), name='place_in_number'),
        ),
        migrations.AddConstraint(
            model_name='contingent',
            constraint=models.UniqueConstraint(fields=('slot', 'code'), name='code_opens_one_contingent'),
        ),
        migrations.AddConstraint(
            model_name='contingent',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', models.F('seats'))), name='contingent_not_overused'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(fields=('event', 'slug'), name='session_has_its_address'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.UniqueConstraint(fields=('event', 'slug'), name='recording_has_its_address'),
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.UniqueConstraint(fields=('event', 'number'), name='forum_has_its_number'),
        ),
        migrations.AddConstraint(
            model_name='techcheck',
            constraint=models.UniqueConstraint(fields=('event', 'person'), name='last_check_counts'),
        ),
        migrations.AddIndex(
            model_name='waiting',
            index=models.Index(fields=['forum', 'rank'], name='waiting_in_line'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.UniqueConstraint(fields=('registration', 'slot'), name='waits_once_for_a_slot'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.UniqueConstraint(condition=models.Q(('slot', None)), fields=('registration', 'forum'), name='waits_once_for_a_forum'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('offer_expires_at', None), ('offered_slot', None)), models.Q(('offer_expires_at__isnull', False), ('offered_slot__isnull', False)), _connector='OR'), name='offer_has_its_end'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.CheckConstraint(condition=models.Q(('slot', None), ('offered_slot', None), ('offered_slot', models.F('slot')), _connector='OR'), name='offer_is_what_is_waited_for'),
        ),
        migrations.AddConstraint(
            model_name='watchposition',
            constraint=models.UniqueConstraint(fields=('recording', 'person'), name='one_position_each'),
        ),
        migrations.AddConstraint(
            model_name='watchposition',
            constraint=models.CheckConstraint(condition=models.Q(('seconds__gte', 0)), name='position_not_negative'),
        ),
    ]
