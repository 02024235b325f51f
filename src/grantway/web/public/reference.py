"""The API reference: a viewer of our OpenAPI document that also sends requests."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from grantway.web.pages import Pages, Site

REFERENCE_CSP = "; ".join(  # noqa: FLY002  # one directive a line, each with its reason
    [
        "default-src 'none'",
        # Modules from our own host only. The viewer's code needs neither inline scripts nor eval.
        "script-src 'self'",
        # The viewer writes its style sheet into the page and sets style attributes. No style
        # can load anything from elsewhere, because the directives around it do not let it.
        "style-src 'self' 'unsafe-inline'",
        # Small pictures stand inside the viewer's style sheet.
        "img-src 'self' data:",
        # The document comes from here; a request that a reader tries out goes to an account's host.
        "connect-src 'self' {account_hosts}",
        # The viewer's forms are read by its script and never leave as forms.
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""The page's Content-Security-Policy; `account_hosts` is to be filled in (S-120)."""


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """Answer `GET /reference` on the public host.

    The page holds no secret and no session: whoever tries a request types a
    token, which stays in the open page and goes to the account's host alone.
    """

    pages: Pages
    site: Site

    def routes(self) -> list[Route]:
        return [Route("/reference", self.show, methods=["GET"])]

    async def show(self, _request: Request) -> HTMLResponse:
        return HTMLResponse(
            self.pages.render("public/reference.html"),
            headers={"content-security-policy": self.content_security_policy()},
        )

    def content_security_policy(self) -> str:
        """Return the policy with the hosts of this server's accounts in it.

        The control origin is among them by its name, and answers no foreign
        page (S-11, S-105).
        """
        account_hosts = f"{self.site.scheme}://*.{self.site.root}"
        return REFERENCE_CSP.format(account_hosts=account_hosts)
