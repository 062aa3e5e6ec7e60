"""Pages for whoever has not signed in yet: no menu, no shop, and a form token all the same."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.access import Access
from web.pages import render

HOME = "/console/"


def guest_page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """`template` extends guest.html."""
    access: Access = request.app.state.access
    visit = access.visit(request)
    response = render(template, status=status, desk=visit, **context)
    access.remember(request, response, visit)
    return response


def sign_in_page(request: Request, *, status: int, onward: str, **context: object) -> HTMLResponse:
    """The form itself, wherever somebody has to sign in first; it leads on to where they were going."""
    given = {"email": "", "fault": None, "signed_out": False, **context}
    return guest_page(request, "accounts/sign_in.html", status=status, next=onward, **given)


def onward_from(address: str) -> str:
    """Where to go after signing in: a page of the console and nowhere else, whatever the link said."""
    plain = address.isprintable() and "\\" not in address and " " not in address
    return address if plain and address.startswith(HOME) else HOME
