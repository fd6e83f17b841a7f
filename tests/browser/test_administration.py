"""Settings on the real service: each page does what it says, and asks before it destroys."""

import re
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.admin_page import AdminPage
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, new_page, screenshot
from tests.browser.inbox_page import DIALLING_MS, InboxPage
from tests.support.people import Agent
from tests.support.world import World

pytestmark = pytest.mark.slow
FIVE_MINUTES = 300


async def test_a_new_agent_is_made_and_has_their_first_call_without_asking_anybody(
    browser: Browser, world: World, admin: AdminPage
) -> None:
    began = time.monotonic()
    # given nobody called Nadia: an administrator adds her, with a skill and a SIP phone
    await admin.open("people")
    await admin.press("Add a person")
    await admin.dialog.get_by_label("Name").fill("Nadia")
    await admin.dialog.get_by_label("Email").fill("nadia@example.com")
    await admin.dialog.get_by_label("Password").fill("nadia-only-for-tests")
    await admin.dialog.get_by_role("checkbox", name="Billing").check()
    await admin.dialog.get_by_label("Proficiency in Billing").select_option("5")
    await admin.confirm("Save")
    await expect(admin.row("Nadia")).to_contain_text("Billing 5")

    # and reads her phone's account off the page
    await admin.open("phones")
    await admin.row("Nadia").get_by_role("button", name="Set up").click()
    server, user, password = [
        await admin.dialog.get_by_label(label, exact=True).input_value()
        for label in ("Server", "SIP user", "Password")
    ]
    code = admin.dialog.get_by_role("img", name="QR code")
    assert await code.get_attribute("data-content") == f"sip:{user}:{password}@{server}"
    await screenshot(admin.page, "admin-phone-set-up")
    await admin.confirm("Close")
    nadia = Agent(world.stack, "nadia")
    nadia.phone = await world.phones.desk_phone(user, password, world.tone())
    await admin.open("phones")
    await expect(admin.row("Nadia")).to_contain_text("Registered")

    # when she signs in, connects her phone, and is Available
    page = InboxPage(await new_page(browser), world.stack)
    await AdminPage(page.page, world.stack).sign_in("nadia@example.com", "nadia-only-for-tests")
    await page.leg("Disconnected").click()
    await expect(page.leg("Connected")).to_be_visible(timeout=DIALLING_MS)
    await page.become("Available")

    # then the next customer of Billing is hers, and they hear each other
    caller = await world.call("200")
    await expect(page.offer).to_contain_text(caller.number)
    await page.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(nadia, caller)
    assert time.monotonic() - began < FIVE_MINUTES

    # and what she leaves is closed
    await page.page.get_by_role("button", name="End").click()
    await page.page.get_by_role("button", name="Close wrap-up").click()
    await admin.open("people")
    await admin.row("Nadia").get_by_role("button", name="Deactivate").click()
    await screenshot(admin.page, "admin-deactivate")
    await admin.confirm("Deactivate")
    await expect(admin.row("Nadia")).to_have_count(0)
    await expect(page.page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.page.context.close()
    await nadia.close()


async def test_people_are_found_put_into_teams_and_the_last_administrator_stays(
    admin: AdminPage,
) -> None:
    await admin.open("people")
    await admin.row("Ben").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_label("Team").fill("Late shift")
    await screenshot(admin.page, "admin-person")
    await admin.confirm("Save")
    await admin.page.get_by_role("searchbox", name="Find").fill("late SPANISH")
    await expect(admin.panel.get_by_role("rowheader")).to_have_text(["Ben"])
    await admin.page.get_by_role("searchbox", name="Find").fill("zzz")
    await expect(admin.page.get_by_text("Nothing fits")).to_be_visible()
    await admin.page.get_by_role("searchbox", name="Find").fill("")
    await admin.row("Administrator").get_by_role("button", name="Deactivate").click()
    await admin.dialog.get_by_role("button", name="Deactivate").click()
    await expect(admin.alert).to_contain_text("only administrator")
    await admin.page.keyboard.press("Escape")
    await expect(admin.row("Administrator")).to_contain_text("Active")


@pytest.mark.parametrize(
    ("path", "api", "empty"),
    [
        ("dispositions", "dispositions", "No disposition yet"),
        ("break-reasons", "break-reasons", "No break reason yet"),
    ],
)
async def test_a_short_list_is_kept(
    world: World, admin: AdminPage, path: str, api: str, empty: str
) -> None:
    await admin.open(path)
    await expect(admin.page.get_by_text(empty)).to_be_visible()
    for name in ("Coffee", "coffee"):
        await admin.page.get_by_label("New entry").fill(name)
        await admin.page.keyboard.press("Enter")
    await expect(admin.panel.get_by_role("alert")).to_contain_text("there is already")
    await admin.row("Coffee").get_by_role("button", name="Rename").click()
    await admin.dialog.get_by_label("Name").fill("Tea")
    await admin.confirm("Save")
    # agents choose from it
    ana = await world.person("ana")
    assert [one["name"] for one in (await ana.get(api))["items"]] == ["Tea"]
    await admin.row("Tea").get_by_role("button", name="Remove").click()
    await admin.confirm("Remove")
    await expect(admin.page.get_by_text(empty)).to_be_visible()


async def test_a_phones_password_is_changed_after_asking(world: World, admin: AdminPage) -> None:
    # given Ana's phone, which is registered
    ana = await world.person("ana")
    before = world.sip_user(ana)
    await world.phones.desk_phone(*before, world.tone())
    await admin.open("phones")
    await expect(admin.row("Ana")).to_contain_text("Registered")
    # when a new password is made, then it is shown at once, and Asterisk takes it alone
    await admin.row("Ana").get_by_role("button", name="New password").click()
    await expect(admin.dialog).to_contain_text("turned away")
    await admin.dialog.get_by_role("button", name="New password").click()
    await expect(admin.dialog.get_by_role("heading")).to_have_text("Phone of Ana")
    shown = await admin.dialog.get_by_label("Password", exact=True).input_value()
    user, password = world.sip_user(ana)
    assert (user, password) == (before[0], shown)
    assert password != before[1]
    await world.phones.desk_phone(user, password, world.tone())
    # when she gets a new account, then both are new
    await admin.confirm("Close")
    await admin.row("Ana").get_by_role("button", name="New account").click()
    await admin.dialog.get_by_role("button", name="New account").click()
    await expect(admin.dialog.get_by_role("heading")).to_have_text("Phone of Ana")
    assert await admin.dialog.get_by_label("SIP user", exact=True).input_value() != user
    await world.phones.desk_phone(*world.sip_user(ana), world.tone())


async def test_a_key_is_shown_once_and_does_what_its_scopes_say(
    world: World, admin: AdminPage
) -> None:
    await admin.open("api-keys")
    await admin.press("Make a key")
    await admin.dialog.get_by_label("What it is for").fill("Reporting")
    await admin.dialog.get_by_role("checkbox", name="open conversations").uncheck()
    await admin.dialog.get_by_role("checkbox", name="hand conversations").uncheck()
    await admin.dialog.get_by_role("button", name="Make a key").click()
    await expect(admin.dialog.get_by_role("heading")).to_have_text("The new key")
    key = await admin.dialog.get_by_label("Key", exact=True).input_value()
    await screenshot(admin.page, "admin-key-once")
    await admin.confirm("Close")
    await expect(admin.row("Reporting")).to_contain_text("read its own conversations")
    assert key not in await admin.page.content()
    request = admin.page.request
    headers = {"Authorization": f"Bearer {key}"}
    body = {"channel": "voice", "customer": {}}
    url = f"{world.stack.url}/api/v1/conversations"
    assert (await request.post(url, data=body, headers=headers)).status == 403
    assert (await request.get(f"{url}/nothing", headers=headers)).status == 404
    await admin.row("Reporting").get_by_role("button", name="Revoke").click()
    await admin.confirm("Revoke")
    await expect(admin.row("Reporting")).to_contain_text("Revoked")
    assert (await request.get(f"{url}/nothing", headers=headers)).status == 401


async def test_a_service_setting_is_changed_and_set_back(world: World, admin: AdminPage) -> None:
    await admin.open("service")
    rings = admin.page.get_by_label("An offer rings for", exact=True)
    save = admin.page.get_by_role("button", name="Save")
    await expect(rings).to_have_value("20")
    # what is beyond the limit is not even sent
    await rings.fill("301")
    await save.click()
    assert await rings.evaluate("field => field.validity.rangeOverflow")
    await rings.fill("25")
    await admin.page.get_by_label("Who may take waiting chats").select_option("nobody")
    await save.click()
    await expect(admin.page.get_by_text("Saved.")).to_be_visible()
    await admin.page.reload()
    await expect(rings).to_have_value("25")
    # and the next offer is made by it
    ana = await world.at_work("ana")
    caller = await world.call("200")
    offer = (await ana.offered(str((await world.conversation(caller, "offered"))["id"])))["offer"]
    lasts = _seconds(offer["expires_at"]) - _seconds(offer["offered_at"])
    assert 25 <= lasts % 3600 < 60
    for name in ("An offer rings for", "Who may take waiting chats from the list"):
        await admin.page.get_by_role("button", name=f"Use the default: {name}").click()
    await save.click()
    await expect(admin.page.get_by_text("Saved.")).to_be_visible()
    await expect(rings).to_have_value("20")
    await expect(
        admin.page.get_by_role("button", name=re.compile("Use the default"))
    ).to_have_count(0)


def _seconds(at: str) -> float:
    minutes, seconds = at.rstrip("Z").split(":")[1:]
    return int(minutes) * 60 + float(seconds)


async def test_dial_rules_are_ordered_and_tried(admin: AdminPage) -> None:
    # given the rules that come with the service
    await admin.open("dial-rules")
    names = admin.panel.get_by_role("rowheader")
    await expect(names.first).to_be_visible()
    before = await names.all_inner_texts()

    async def add(prefix: str, rule: str, reason: str) -> None:
        await admin.press("Add a rule")
        await admin.dialog.get_by_label("Numbers that begin with").fill(prefix)
        await admin.dialog.get_by_label("Rule", exact=True).select_option(rule)
        await admin.dialog.get_by_label("Reason").fill(reason)
        await admin.confirm("Save")

    async def says(sentence: str) -> None:
        await admin.page.get_by_label("Number", exact=True).fill("+7 7123 4567")
        await admin.press("Try")
        await expect(admin.panel.get_by_role("status")).to_have_text(sentence)

    # when two are added, each before the others, then the first that fits decides
    await add("+77", "Allowed", "")
    await add("+771", "Refused", "costs extra")
    await says("+771234567 is refused: costs extra.")
    await admin.row("+77").get_by_role("button", name="Move up").click()
    await expect(names).to_have_text(["+77", "+771", *before])
    await says("+771234567 may be called.")
    await screenshot(admin.page, "admin-dial-rules-tried")
    for prefix in ("+77", "+771"):
        await admin.row(prefix).get_by_role("button", name="Remove").click()
        await admin.confirm("Remove")
    await expect(names).to_have_text(before)


async def test_a_file_is_previewed_mended_and_imported(admin: AdminPage, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    good = '\ufeffemail;name;team;skills\r\nzoe@example.com;Zoë;"Day\r\nshift";Billing:4\r\n'
    await admin.open("import")
    await admin.press("Preview")
    await expect(admin.panel.get_by_role("alert")).to_have_text("Choose a file first.")
    # given a file with a mistake, then nothing can be imported
    file.write_text(good.replace("Day\r\nshift", "Day shift") + "nobody;X;;Juggling\r\n")
    await admin.page.get_by_label("CSV file").set_input_files(file)
    await admin.press("Preview")
    await expect(admin.panel.get_by_role("status")).to_contain_text("1 with mistakes")
    await expect(admin.row("nobody")).to_contain_text("must be an e-mail address")
    await expect(admin.page.get_by_role("button", name="Import")).to_have_count(0)
    await screenshot(admin.page, "admin-import-mistakes")
    # when it is mended, then it is previewed, imported, and she is there
    file.write_text(good.replace("Day\r\nshift", "Day shift"))
    await admin.press("Preview")
    await expect(admin.panel.get_by_role("alert")).to_contain_text("Choose it again")
    async with admin.page.expect_file_chooser() as chooser:
        await admin.page.get_by_label("CSV file").click()
    await (await chooser.value).set_files(file)
    await admin.press("Preview")
    await expect(admin.row("zoe@example.com")).to_contain_text("Add")
    await admin.press("Import 1 line")
    await expect(admin.panel.get_by_role("status")).to_have_text("Imported: 1 added, 0 changed.")
    await admin.open("people")
    await expect(admin.row("Zoë")).to_contain_text("Day shift")
    await expect(admin.row("Zoë")).to_contain_text("Billing 4")
    # and the export has her, too
    await admin.open("import")
    async with admin.page.expect_download() as download:
        await admin.page.get_by_role("link", name="People", exact=True).last.click()
    saved = tmp_path / "export.csv"
    await (await download.value).save_as(saved)
    assert "zoe@example.com,Zoë,agent,Day shift" in saved.read_text("utf-8-sig")
    await admin.open("people")
    await admin.row("Zoë").get_by_role("button", name="Deactivate").click()
    await admin.confirm("Deactivate")


async def test_the_log_tells_who_did_what(admin: AdminPage) -> None:
    await admin.open("skills")
    await admin.press("Add a skill")
    await admin.dialog.get_by_label("Name").fill("Logged")
    await admin.confirm("Save")
    await admin.row("Logged").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_label("Description").fill("Now with words")
    await admin.confirm("Save")
    await admin.row("Logged").get_by_role("button", name="Remove").click()
    await admin.confirm("Remove")
    await admin.open("audit")
    await admin.page.get_by_label("Show").select_option("Skills")
    rows = admin.page.get_by_role("row").filter(has_text="Logged")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(0)).to_contain_text("Skill: removed")
    await expect(rows.nth(1)).to_contain_text("description: – → Now with words")
    await expect(rows.nth(2)).to_contain_text("Administrator")


async def test_the_dialog_of_a_person_is_fit_for_everybody(admin: AdminPage) -> None:
    await admin.open("people")
    await admin.press("Add a person")
    for scheme in SCHEMES:
        await admin.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await no_serious_fault(admin.page)
        await screenshot(admin.page, f"admin-add-person-{scheme}")
