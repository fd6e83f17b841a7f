"""The open calls as last seen, whatever the order in which they are told."""

from dataclasses import replace

from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent, Load
from app.domain.conversation import Channel, Conversation, Customer, State

waiting = Conversation(
    id="c1",
    state=State.QUEUED,
    channel=Channel.VOICE,
    customer=Customer(),
    created_at=0,
    channel_id="ch1",
    version=1,
)
talking = replace(waiting, state=State.ACTIVE, agent_id="ana", version=3)
ana = Agent(id="ana", name="Ana", load=Load(voice=1))


def test_a_newer_state_is_taken_and_an_older_one_passed_over() -> None:
    picture = VoicePicture()
    assert picture.see(talking)
    assert not picture.see(waiting)
    assert not picture.see(talking)
    assert picture.get("c1") == talking


def test_a_talk_is_found_by_its_agent_until_it_ends() -> None:
    picture = VoicePicture()
    picture.see(talking)
    assert picture.talk_of(ana) == talking
    picture.see(replace(talking, state=State.WRAP_UP, agent_id=None, version=4))
    assert picture.talk_of(ana) is None


def test_a_talk_that_moves_to_another_agent_is_no_longer_the_firsts() -> None:
    picture = VoicePicture()
    picture.see(talking)
    picture.see(replace(talking, agent_id="ben", version=5))
    assert picture.talk_of(ana) is None


def test_who_waits_and_on_which_channel() -> None:
    picture = VoicePicture()
    picture.see(waiting)
    assert picture.waiting() == [waiting]
    assert picture.on_channel("ch1") == "c1"
    picture.see(replace(waiting, state=State.CLOSED, version=2))
    assert picture.waiting() == []
    assert picture.on_channel("ch1") is None


def test_a_callback_that_is_given_up_leaves_the_channel_that_it_had() -> None:
    picture = VoicePicture()
    picture.see(talking)
    picture.see(replace(waiting, state=State.CLOSED, channel_id=None, version=4))
    assert picture.on_channel("ch1") is None


def test_chats_are_no_calls() -> None:
    assert not VoicePicture().see(replace(waiting, channel=Channel.CHAT))


def test_a_channel_that_came_again_is_the_later_conversations() -> None:
    picture = VoicePicture()
    picture.see(waiting)
    picture.see(replace(waiting, id="c2"))
    picture.see(replace(waiting, state=State.CLOSED, version=2))
    assert picture.on_channel("ch1") == "c2"


def test_a_late_word_does_not_bring_back_a_talk_that_is_over() -> None:
    # given a talk that is over, whose agent is offered the next call
    picture = VoicePicture()
    picture.see(talking)
    picture.see(replace(talking, state=State.WRAP_UP, agent_id=None, version=5))

    # when a state of before is told once more, then it is passed over
    assert not picture.see(replace(talking, version=4))
    assert picture.get("c1") is None
    assert picture.talk_of(ana) is None

    # and when the customer comes again, then it is taken
    assert picture.see(replace(waiting, version=6))
