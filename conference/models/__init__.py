from conference.models.consent import Consent
from conference.models.contingent import Contingent
from conference.models.event import Event
from conference.models.forum import Forum, ForumMaterial
from conference.models.interest import Interest
from conference.models.login import LoginLink
from conference.models.mail import Mail
from conference.models.mailing import Mailing
from conference.models.mark import Mark
from conference.models.material import Material
from conference.models.page import Page
from conference.models.person import Person
from conference.models.place import Place
from conference.models.premiere import Premiere, PremierePause
from conference.models.question import Answer, Question
from conference.models.recognition import Recognition
from conference.models.recording import Recording, RecordingMaterial, WatchPosition
from conference.models.registration import Registration
from conference.models.session import Session
from conference.models.slot import Slot
from conference.models.speaker import Speaker
from conference.models.tech_check import TechCheck
from conference.models.text_track import TextTrack
from conference.models.upload import Upload
from conference.models.video import Video
from conference.models.video_question import VideoQuestion
from conference.models.waiting import Waiting
from conference.models.watched_minute import WatchedMinute

__all__ = [
    "Answer",
    "Consent",
    "Contingent",
    "Event",
    "Forum",
    "ForumMaterial",
    "Interest",
    "LoginLink",
    "Mail",
    "Mailing",
    "Mark",
    "Material",
    "Page",
    "Person",
    "Place",
    "Premiere",
    "PremierePause",
    "Question",
    "Recognition",
    "Recording",
    "RecordingMaterial",
    "Registration",
    "Session",
    "Slot",
    "Speaker",
    "TechCheck",
    "TextTrack",
    "Upload",
    "Video",
    "VideoQuestion",
    "Waiting",
    "WatchPosition",
    "WatchedMinute",
]
