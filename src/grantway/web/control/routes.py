"""All pages of the control origin."""

from __future__ import annotations

from starlette.routing import Route

from grantway.web.control.activity import ActivityPage
from grantway.web.control.authorization import authorization_tab
from grantway.web.control.calls import CallsTab
from grantway.web.control.confirmation import ConfirmPassword
from grantway.web.control.consent import ConsentPage
from grantway.web.control.consent_pages import ConsentPages
from grantway.web.control.desk import Desk
from grantway.web.control.entering import Entering
from grantway.web.control.installed import InstalledList, installed_authorization
from grantway.web.control.installing import InstallPage
from grantway.web.control.installing_pages import InstallingPages
from grantway.web.control.integration_list import IntegrationList
from grantway.web.control.integration_listing import ListingTab
from grantway.web.control.integration_public import PublicGeneral
from grantway.web.control.integration_ratings import RatingsTab
from grantway.web.control.integration_review import ReviewTab
from grantway.web.control.integration_settings import IntegrationSettings
from grantway.web.control.integration_statistics import StatisticsTab
from grantway.web.control.integration_widget import WidgetTab
from grantway.web.control.keys import KeysTab
from grantway.web.control.moderation import ModerationQueue
from grantway.web.control.moderation_accounts import ModerationAccounts
from grantway.web.control.moderation_files import ModerationFiles
from grantway.web.control.moderation_published import PublishedList, PublishedPage
from grantway.web.control.moderation_review import ModerationReview
from grantway.web.control.notices import NoticePages
from grantway.web.control.own_grants import OwnGrants
from grantway.web.control.own_profile import ProfilePage
from grantway.web.control.person import PersonPages
from grantway.web.control.previews import ModerationPreview, OwnPreview
from grantway.web.control.rating import RatingPage
from grantway.web.control.sign_in import SignInPage
from grantway.web.control.technical_account import TechnicalAccountPage
from grantway.web.control.user_groups import GroupForms
from grantway.web.control.user_roles import RolePages
from grantway.web.control.users import UserPages
from grantway.web.control.webhooks import WebhookPages
from grantway.web.forms import FormTokens
from grantway.web.pages import Pages
from grantway.web.services import Services


def control_routes(services: Services, pages: Pages) -> list[Route]:
    """Return what `accounts.<root>` answers."""
    desk = Desk(services, pages)
    general = PublicGeneral(desk)
    consent_pages = ConsentPages(pages, services.addresses, services.consent.dwell_ms)
    doors = (
        SignInPage(desk, FormTokens(services.seal)),
        ConfirmPassword(desk),
        Entering(desk),
        ConsentPage(desk, consent_pages),
        InstallPage(desk, InstallingPages(pages, services.addresses, services.consent.dwell_ms)),
        PersonPages(desk),
        ProfilePage(desk),
        IntegrationList(desk),
        TechnicalAccountPage(desk),
        IntegrationSettings(desk, general),
        general,
        ListingTab(desk),
        OwnPreview(desk),
        ReviewTab(desk),
        WidgetTab(desk),
        RatingsTab(desk),
        StatisticsTab(desk),
        KeysTab(desk),
        authorization_tab(desk),
        CallsTab(desk),
        InstalledList(desk),
        RatingPage(desk),
        installed_authorization(desk),
        OwnGrants(desk),
        NoticePages(desk),
        UserPages(desk),
        GroupForms(desk),
        RolePages(desk),
        WebhookPages(desk),
        ActivityPage(desk),
        ModerationQueue(desk),
        PublishedList(desk),
        PublishedPage(desk),
        ModerationPreview(desk),
        ModerationFiles(desk),
        # Before the pages of versions, whose paths would take theirs.
        ModerationAccounts(desk),
        ModerationReview(desk),
    )
    return [route for door in doors for route in door.routes()]
