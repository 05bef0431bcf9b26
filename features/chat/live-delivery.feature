@chat @websocket-manager
Feature: Live delivery
  Customers pay for answers they can watch being made. A progress event that is lost, late, doubled or shown to somebody
  else is a reason to cancel.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: The customer sees what the agent is doing, on every device, and nothing of anybody else's
    Revenue: chat

  @WS-05
  Rule: A message reaches every open tab that shows its thread, once

    @e2e
    Scenario: Two devices follow one answer
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone and her laptop show the same story to its end
      And no event is missing or doubled on her phone or her laptop

    @e2e
    Scenario: Only tabs that show the thread receive it
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the thread "Team offsite"
      When she asks "Where does our money go?" in the thread "Q3 spend"
      Then her phone shows the whole answer
      And her laptop shows nothing

    @e2e @operations
    Scenario: Devices connected to different instances see the same answer with the same numbers
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the same thread through another instance
      When she asks "Where does our money go?"
      Then her phone and her laptop show the same story to its end

    @integration
    Scenario: Opening the same thread twice on one device shows each event once
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      When her phone asks for the thread once more, from the start
      Then her phone is shown events 1 to 2 of the thread
      And her phone is told twice where the thread stands and that it has caught up, now at 2

    @integration
    Scenario: A tab that has left a thread is shown no more of it, and may come back
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has left the thread
      And her agent has handed in: the question
      When her phone asks for the thread once more, from the start
      Then until it came back it was shown nothing, and then events 1 to 1

    @integration @hard
    Scenario: Tabs on another instance are shown what is told, at once, by a word between the instances
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches it on her laptop through another instance as well
      When her agent hands in at once: the question, the start
      Then her phone is shown events 1 to 2 of the thread
      And her laptop is shown events 1 to 2 of the thread

    @integration @hard
    Scenario Outline: A lost word between instances delays an event by less than a second: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches it on her laptop through another instance as well
      And from now on <fault>
      When her agent hands in at once: the question, the start
      Then her phone shows 2 events at once, and her laptop none before 1 second has passed, and then 2
      And the word was given up <times> times, and her agent was told that others see it <how>

      Examples:
        | case            | fault                                 | times | how             |
        | lost on the way | every word between instances is lost  | 0     | at once         |
        | Redis is away   | no word between instances can be sent | 1     | within a second |

    @integration @hard
    Scenario: An instance that could hear no word asks again until it can
      Given from now on no word between instances can be sent
      And Dana watches the thread "Q3 spend" on a line of her phone
      And she watches it on her laptop through another instance as well
      And for 1 second words could be sent again
      When her agent hands in at once: the question, the start
      Then her laptop is shown events 1 to 2 of the thread

    @integration @hard
    Scenario: What cannot be looked at now is looked at with the next sweep
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And PostgreSQL has answered no questions while her agent handed in through another instance: the question, the start
      When it answers again for 1 second
      Then her phone is shown events 1 to 2 of the thread
      And operators can read that open threads could not be swept

    @integration
    Scenario: What is handed in where a tab is open is shown there without reading what is stored
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her tablet
      When her agent hands in at once: the question, the start
      Then her phone and her tablet are shown events 1 to 2, and what is stored was read 0 times

    @integration
    Scenario: Tabs that stand at the same event share one reading of what is stored
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her laptop
      And she watches the thread "Q3 spend" on a line of her tablet
      When her agent hands in through another instance: the question, the start
      Then her phone and her tablet are shown events 1 to 2, and what is stored was read 1 time

    @integration @hard
    Scenario: One of three devices hangs while events are sent, and the count says 2 of 3
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her laptop
      And she watches the thread "Q3 spend" on a line of her tablet
      And her phone has stopped reading
      When 250 long events were told
      Then 2 of her 3 devices have it all and 1 is catching up, and a colleague has none
      And all 3 have it once her phone reads again, and 2 of 2 once it has left the thread

    @unit
    Scenario Outline: What a device is sent follows from what is stored, whatever is announced: <case>
      When a device that has been shown <sent> events meets: <happens>
      Then it is served: <served>

      Examples:
        | case                       | sent | happens                                                                         | served                                            |
        | asking                     | 0    | the device asks; 1 to 2 of 2 are found                                          | look after 0; show 1 2; caught up at 2            |
        | nothing there              | 0    | the device asks; nothing is found up to 0                                       | look after 0; caught up at 0                      |
        | news                       | 3    | 4 is announced; 4 to 4 of 4 are found                                           | look after 3; show 4                              |
        | old news                   | 3    | 3 is announced                                                                  | nothing                                           |
        | perhaps news               | 3    | perhaps there is more; nothing is found up to 3                                 | look after 3                                      |
        | news that is brought       | 3    | 5 is announced with 4 to 5                                                      | show 4 5                                          |
        | more than is brought       | 3    | 6 is announced with 4 to 5; 6 to 6 of 6 are found                               | show 4 5; look after 5; show 6                    |
        | brought with what is known | 3    | 5 is announced with 2 to 5                                                      | show 4 5                                          |
        | brought after a hole       | 3    | 6 is announced with 5 to 6; 4 to 6 of 6 are found                               | look after 3; show 4 5 6                          |
        | brought while looking      | 3    | the device asks; 4 is announced with 4 to 4; nothing is found up to 3; 4 to 4 of 4 are found | look after 3; look after 3; show 4; caught up at 4 |
        | brought amid a look        | 3    | 4 is announced; 4 is announced with 4 to 4; 4 to 4 of 4 are found               | look after 3; show 4                              |
        | brought, but asked before  | 3    | the device asks; looking fails; 4 is announced with 4 to 4; 4 to 4 of 4 are found | look after 3; look after 3; show 4; caught up at 4 |
        | news while looking         | 3    | 4 is announced; 5 is announced; 4 to 4 of 4 are found; 5 to 5 of 5 are found    | look after 3; show 4; look after 4; show 5        |
        | page by page               | 0    | the device asks; 1 to 2 of 3 are found; 3 to 3 of 3 are found                   | look after 0; show 1 2; look after 2; show 3; caught up at 3 |
        | more than was looked for   | 3    | 5 is announced; 3 to 5 of 5 are found                                           | look after 3; show 4 5                            |
        | a hole is never shown      | 3    | 6 is announced; 5 to 6 of 6 are found                                           | look after 3                                      |
        | a look fails               | 3    | 4 is announced; looking fails; 4 is announced                                   | look after 3; look after 3                        |
        | a look fails amid news     | 3    | 4 is announced; 5 is announced; looking fails; perhaps there is more            | look after 3; look after 3                        |
        | asked, failed, old news    | 3    | the device asks; looking fails; 3 is announced; nothing is found up to 3        | look after 3; look after 3; caught up at 3        |
        | asked once, told once      | 3    | the device asks; nothing is found up to 3; perhaps there is more; nothing is found up to 3 | look after 3; caught up at 3; look after 3 |
        | asked while looking        | 3    | 4 is announced; the device asks; 4 to 4 of 4 are found; nothing is found up to 4 | look after 3; show 4; look after 4; caught up at 4 |
        | old news while looking     | 3    | the device asks; 3 is announced; nothing is found up to 3                       | look after 3; caught up at 3                      |
        | behind with nothing found  | 3    | the device asks; nothing is found up to 5; 5 is announced; 4 to 5 of 5 are found | look after 3; look after 3; show 4 5; caught up at 5 |

    @unit @hard
    Scenario: For any mix of late, lost, doubled and reordered announcements a device's numbers rise by exactly one
      When 300 mixes of announcements, looks and failures are met by a device each
      Then each is shown every event once and in order, looks once at a time, and is told once that it has caught up

  @WS-06
  Rule: Whoever was away gets exactly what was missed

    @e2e @hard
    Scenario: A phone that loses its connection half-way through an answer misses nothing and sees nothing twice
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      And her phone loses its connection as soon as the agent has started on "Where does our money go?"
      And her laptop has shown the whole answer
      When her phone connects again and resumes after the last event it has
      Then her phone and her laptop show the same story to its end
      And no event is missing or doubled on her phone or her laptop

    @e2e
    Scenario Outline: Resuming says truthfully what is there: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When a new tablet resumes the thread <case>
      Then her tablet receives <receives>

      Examples:
        | case                  | receives                                |
        | from the start        | every event of the story                |
        | from the middle       | exactly the second half of the story    |
        | at the last event     | nothing but that it has caught up       |
        | beyond the last event | the advice to start over, and no events |

    @integration
    Scenario Outline: A device is told what is kept, and shown the rest page by page: <case>
      Given the thread "Q3 spend" of Dana holds 450 events, kept from <first> on
      When her phone follows it after event <after>
      Then her phone is told that the thread holds <first> to 450
      And it is shown events <from> to 450, in <readings> readings, and told that it has caught up

      Examples:
        | case                      | first | after | from | readings |
        | from the start            | 1     | 0     | 1    | 3        |
        | from the middle           | 1     | 225   | 226  | 2        |
        | at the last but one       | 1     | 449   | 450  | 1        |
        | before the kept beginning | 101   | 20    | 101  | 2        |
        | at the kept beginning     | 101   | 100   | 101  | 2        |

    @integration
    Scenario: A device that knows more than there is is told to start over
      Given the thread "Q3 spend" of Dana holds 5 events, kept from 1 on
      When her phone follows it after event 6
      Then her phone is told "seq_ahead" about "afterSeq": The thread ends at 5. Start over, after 0.
      And nothing is followed

    @integration
    Scenario: At the last event there is nothing to show but that it has caught up
      Given the thread "Q3 spend" of Dana holds 5 events, kept from 1 on
      When her phone follows it after event 5
      Then her phone is told that it has caught up at 5, and shown nothing

    @integration @hard
    Scenario: What is told while a device opens the thread is shown before it hears that it has caught up
      Given the thread "Q3 spend" of Dana holds 5 events, kept from 1 on
      When her phone follows it after event 2, and a run begins before it is told what is there
      Then it is shown events 3 to 7, in 2 readings, and told that it has caught up

    @integration @hard
    Scenario: Events made during a long catch-up come after it, none twice, and nobody else waits for it
      Given the thread "Q3 spend" of Dana has a story of 5,000 events
      And Leo watches the thread "Leo's own" on a line of his tablet
      When Dana's phone follows "Q3 spend" from the start, and meanwhile her agent hands in 10 more and Leo's agent one
      Then Dana's phone is shown events 1 to 5,010 of "Q3 spend" in order, none twice, the last 10 of them made meanwhile
      And Leo's tablet had its event before that was half over
      And never more than 1 MiB waited for them

  @WS-04
  Rule: A story is seen only by those it belongs to

    @e2e @hard
    Scenario: While Dana is answered, nothing of it reaches another customer or a colleague
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And Leo from Birch has a laptop open on his own thread, which is called "Q3 spend" too
      And Ravi from Acme has a laptop open on his own thread, which is called "Q3 spend" too
      When Dana from Acme asks "Where does our money go?"
      Then Dana's phone shows the whole answer
      And Leo's laptop shows nothing
      And Ravi's laptop shows nothing

    @e2e @hard
    Scenario Outline: A thread one may not see looks like one that does not exist: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When <person> tries to follow <thread> on a laptop
      Then the laptop is told "thread_not_found" and nothing else

      Examples:
        | case              | person         | thread                     |
        | a colleague's     | Ravi from Acme | Dana's thread "Q3 spend"   |
        | another company's | Leo from Birch | Dana's thread "Q3 spend"   |
        | never created     | Leo from Birch | a thread nobody has opened |

    @integration @hard
    Scenario Outline: Whoever a story does not belong to can neither read it nor add to it: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question
      When <somebody> reads her thread and adds to it
      Then both are refused because <reason>, and her phone is shown events 1 to 1 of the thread

      Examples:
        | case            | somebody                            | reason                      |
        | a colleague     | Ravi from Acme                      | there is no such thread     |
        | another company | Leo from Birch                      | there is no such thread     |
        | a look-alike    | somebody who merely looks like Dana | nobody has vouched for them |

    @integration @hard
    Scenario: PostgreSQL itself shows a story to no other company
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      When the rows of her story are counted with the rights of Dana, of Ravi and of Leo
      Then Dana's and Ravi's company has 1 thread, 1 last number, 2 events and 1 run, and Leo's has none
      And a row written with Leo's rights into Dana's company is refused

    @integration
    Scenario: Everybody has their own threads, newest first
      Given Dana has opened the threads "First", "Second", "Third", a minute apart
      When she lists 2 of them, and then what came before
      Then she reads "Third", "Second" and then "First"
      And a colleague and another company read none of them, and are told "thread_not_found" of each

    @e2e
    Scenario: Older threads are found page by page
      Given Dana from Acme has opened the threads "First", "Second" and "Third" one after the other
      When a program of Dana from Acme lists 2 of them, and then those that are older
      Then it reads "Third", "Second" and then only "First"

    @integration @hard
    Scenario: Without the permission to chat there are no threads
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When she may no longer chat and opens, lists, reads and deletes threads
      Then she is refused 4 times as "not_allowed"

    @e2e
    Scenario: A deleted thread is gone wherever Dana looks for it
      Given Dana from Acme has a phone open on the thread "Team offsite"
      And she has a laptop open on the thread "Q3 spend"
      When she has the thread "Q3 spend" deleted for good
      Then her list of threads is "Team offsite" and no more
      And opening and reading "Q3 spend" are both refused as "thread_not_found"

    @e2e @hard
    Scenario: A deleted thread takes everything with it
      Given Ada from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      And she has published the answer
      When she deletes the thread "Q3 spend" with its answers
      Then every address of it answers her as for one that never was
      And nothing that is stored names it any more

    @e2e @hard
    Scenario: A thread that is made again with its key is the same thread
      Given Dana from Acme has opened the thread "Q3 spend" with a key of her program
      When her program opens "Q3 spend" again with the key, 5 times at once
      Then it is given the same thread 5 times, and her list of threads is "Q3 spend" and no more
      And the key with another title is refused as "idempotency_key_reused"

    @e2e @hard @operations
    Scenario: A renamed thread has its new title on every device, and a stranger renames nothing
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the same thread through another instance
      When Leo from Birch and then Dana from Acme rename it "Q3 spend, final"
      Then the first is told "thread_not_found", and the second has renamed it
      And her phone and her laptop are told that the thread was renamed
      And her list of threads is "Q3 spend, final" and no more

    @integration @hard
    Scenario: A thread that is deleted ends on every device, and other threads go on
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone follows her thread "Team offsite" too
      When she deletes the thread "Q3 spend"
      Then within 1 second her phone is told once that "Q3 spend" is gone
      And her phone is still shown what is told in "Team offsite"
