"""A day with a lead: add it, link a contact, write a note, do a task, move it on."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, Walker


def test_a_lead_from_its_first_day_to_the_next_stage(chromium: Browser, served: Served) -> None:
    walker = Walker(chromium, served)
    walker.open("acme")
    walker.sign_in("Alice")
    page = walker.page
    page.get_by_role("link", name="New lead").click()
    page.get_by_label("Name", exact=True).fill("Chairs for the canteen")
    page.get_by_label("Price").fill("1200.50")
    page.get_by_role("button", name="Add the lead").click()
    expect(page.get_by_role("heading", level=1, name="Chairs for the canteen")).to_be_visible()

    page.get_by_text("Link a contact").click()
    # What is typed is looked for at once; the page stays as it is.
    page.get_by_label("Search contacts").first.press_sequentially("lee")
    page.locator("#found-contacts").get_by_role("button", name="Link").first.click()
    expect(page.locator("#linked-contacts").get_by_text("Main")).to_be_visible()

    page.get_by_label("New note").fill("Wants oak, not beech.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".note").first).to_contain_text("Wants oak, not beech.")

    page.get_by_text("Add a task").click()
    page.get_by_label("What is to be done").fill("Send the offer")
    page.get_by_role("button", name="Add the task").click()
    task = page.locator(".task", has_text="Send the offer")
    task.get_by_text("Complete", exact=False).first.click()
    task.get_by_label("What came of it?").fill("They agreed")
    task.get_by_role("button", name="Complete the task").click()
    page.get_by_text("1 task done").click()
    expect(page.get_by_text("They agreed")).to_be_visible()

    page.get_by_role("button", name="Move to Offer made").click()
    expect(page.locator("[aria-current=step]")).to_have_text("Offer made")
    page.get_by_label("Price").fill("a lot")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_be_focused()
    # The browser notes that the form came back as wrong, and nothing else.
    assert [one for one in walker.complaints if "422" not in one] == []
    walker.context.close()


def test_a_card_works_without_scripts(chromium: Browser, served: Served) -> None:
    walker = Walker(chromium, served, java_script_enabled=False)
    walker.open("acme", "/leads/detail/2")
    walker.sign_in("Alice")
    page = walker.page
    page.get_by_text("Link a contact").click()
    page.get_by_label("Search contacts").first.fill("kaya")
    page.get_by_role("button", name="Search contacts").click()
    page.locator("#found-contacts").get_by_role("button", name="Link").first.click()
    expect(page.get_by_text("Linked.")).to_be_visible()
    page.get_by_text("Move to the recycle bin").first.click()
    page.get_by_role("button", name="Move to the recycle bin").click()
    expect(page.get_by_text("It is in the recycle bin.")).to_be_visible()
    page.get_by_role("link", name="Recycle bin").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("It is back from the recycle bin.")).to_be_visible()
    walker.context.close()
