@chat @websocket-manager
Feature: Complete stories
  Customers pay for answers whose making they can follow and check later. A story with a hole, an ending before its
  beginning, or a figure that was changed on its way is an answer nobody can rely on.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: What the customer reads about an answer is whole, in order, and exactly what the agent said
    Revenue: chat

  @WS-08
  Rule: A run tells one complete story

    @unit
    Scenario Outline: What belongs next is told: <case>
      Given a run of which is told: <told>
      When next is told: <next>
      Then the story answers: <state>

      Examples:
        | case                         | told                                          | next           | state                     |
        | the question opens           | nothing                                       | the question   | asked, with none open     |
        | the start follows            | the question                                  | the start      | started, with none open   |
        | thinking                     | the question, the start                       | a thought      | started, with none open   |
        | a tool begins                | the question, the start                       | call A         | started, with A open      |
        | a second tool begins         | the question, the start, call A               | call B         | started, with A, B open   |
        | one of two tools ends        | the question, the start, call A, call B       | result A       | started, with B open      |
        | a tool is used again         | the question, the start, call A, result A     | call A         | started, with A open      |
        | the report ends              | the question, the start, a thought            | the report     | ended, with none open     |
        | a failure ends               | the question, the start                       | a failure      | ended, with none open     |
        | a cancellation ends          | the question, the start, call A, result A     | a cancellation | ended, with none open     |
        | stopped while it waits       | the question                                  | a cancellation | ended, with none open     |
        | given up while it waits      | the question                                  | a failure      | ended, with none open     |

    @unit
    Scenario Outline: An event that would break the story is refused by reason: <case>
      Given a run of which is told: <told>
      When next is told: <next>
      Then the story answers: <refusal>

      Examples:
        | case                         | told                                        | next                     | refusal                                                          |
        | start before the question    | nothing                                     | the start                | not_asked: A run begins with its question.                       |
        | thinking before the start    | the question                                | a thought                | not_started: The run has not started.                            |
        | report before the start      | the question                                | the report               | not_started: The run has not started.                            |
        | second question              | the question                                | the question             | asked_twice: The run has its question already.                   |
        | question after the start     | the question, the start                     | the question             | asked_twice: The run has its question already.                   |
        | second start                 | the question, the start                     | the start                | started_twice: The run has started already.                      |
        | call under way begun again   | the question, the start, call A             | call A                   | call_repeated: This tool call is under way.                      |
        | result of an unknown call    | the question, the start                     | result A                 | call_unknown: No such tool call is open.                         |
        | second result of a call      | the question, the start, call A, result A   | result A                 | call_unknown: No such tool call is open.                         |
        | report with a call open      | the question, the start, call A             | the report               | call_open: A tool call is still open.                            |
        | anything after the end       | the question, the start, the report         | a thought                | ended: The run has ended; nothing can be told after its ending.  |
        | second ending                | the question, the start, a failure          | a cancellation           | ended: The run has ended; nothing can be told after its ending.  |
        | event of another run         | the question, the start                     | a thought of another run | other_run: The event belongs to another run.                     |

    @integration @hard
    Scenario: A batch with one bad event is refused whole
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When her agent hands in at once: the question, the start, result A
      Then it is refused as "sequence_violation", because "No such tool call is open. (call_unknown)"
      And the thread holds no event and her phone is shown none

    @integration @hard
    Scenario: Two instances end the same run at once, and one ending is stored
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      When one instance hands in the report while another hands in a cancellation
      Then one of them is refused as "sequence_violation", because "The run has ended; nothing can be told after its ending. (ended)"
      And her phone is shown events 1 to 3 of the thread

    @integration @hard
    Scenario: A run is told in the thread it began in, and in no other
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      When the run goes on in her thread "Team offsite" with: a thought
      Then it is refused as "sequence_violation", because "The run belongs to another thread."

  @WS-03
  Rule: Nothing is shown that is not stored, and numbers never skip

    @integration @hard
    Scenario: Eight writers at once leave numbers without a gap, each writer's own order kept
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When 8 runs are told at once, each of 5 events
      Then her phone is shown events 1 to 40 of the thread
      And the events of each run stand in the order they were told

    @integration @hard
    Scenario: An event whose work is undone was seen by no device and used up no number
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When work that tells the question is undone before it is finished
      Then her phone is shown no events of the thread
      And what her agent tells next is event 1

    @integration @hard
    Scenario: What is told as part of other work is shown when that work is done, not before
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When work tells the question, and looks at her phone before it is finished
      Then by then nothing was shown, and afterwards her phone is shown events 1 to 1 of the thread

    @integration
    Scenario: The same event handed in twice is stored once and answers with its first number
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When her agent hands in the question and the start, and both again with a thought
      Then the second time answers with numbers 1, 2, 3, of which 2 were known
      And her phone is shown events 1 to 3 of the thread

    @integration
    Scenario: A thought handed in again on its own is stored once and answers with its number
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When her agent hands in the question, the start and a thought, and the thought again
      Then the second time answers with number 3, which was known
      And her phone is shown events 1 to 3 of the thread

    @integration
    Scenario: A story reads back exactly as it was told
      Given Dana from Acme watches the thread "Q3 spend" on a line of her phone
      When her agent hands in one of each: the question, the start, a thought, call A, result A, the report
      Then the stored story and her phone's are both what was handed in, numbered from 1, at the time it was told

    @unit
    Scenario Outline: A value that cannot travel is refused by name: <case>
      When a report is handed in that holds <value>
      Then the event is judged: <verdict>

      Examples:
        | case              | value                  | verdict                                                                                                |
        | not a number      | not-a-number           | event_invalid at data.report.figure: "data.report.figure" is NaN, which cannot travel.                 |
        | infinity          | infinity               | event_invalid at data.report.figure: "data.report.figure" is Infinity, which cannot travel.            |
        | a cycle           | itself                 | event_invalid at data.report.figure: "data.report.figure" contains itself, which cannot travel.        |
        | a function        | a function             | event_invalid at data.report.figure: "data.report.figure" is a function, which cannot travel.          |
        | nothing at all    | a hole                 | event_invalid at data.report.figure: "data.report.figure" is a undefined, which cannot travel.         |
        | a NUL character   | a NUL character        | event_invalid at data.report.figure: "data.report.figure" contains a NUL character, which cannot travel. |
        | a NUL in a name   | a NUL in a name        | event_invalid at data.report.figure: "data.report.figure" has a name with a NUL character, which cannot travel. |
        | the same twice    | one part twice         | taken                                                                                                  |
        | plain values      | every plain value      | taken                                                                                                  |
        | 32 KiB exactly    | 32768 bytes in all     | taken                                                                                                  |
        | one byte more     | 32769 bytes in all     | event_too_big at data: The event has 32769 bytes; 32768 are possible.                                |

    @unit
    Scenario Outline: An event that is not of its kind's shape is refused by name: <case>
      When <event> is handed in whose <part> is <value>
      Then the refusal names the place <place>

      Examples:
        | case                    | event          | part                 | value           | place                |
        | unnamed                 | a thought      | id                   | "e1"            | id                   |
        | of no kind              | a thought      | type                 | "agent_sang"    | type                 |
        | of no run               | a thought      | runId                | left out        | runId                |
        | by nobody known         | a thought      | agent                | "chef"          | agent                |
        | with more than it has   | a thought      | mood                 | "fine"          | mood                 |
        | without anything        | a thought      | data                 | null            | data                 |
        | question without text   | the question   | data.text            | left out        | data.text            |
        | question unnamed        | the question   | data.clientMessageId | left out        | data.clientMessageId |
        | question of nobody      | the question   | data.userId          | "Dana"          | data.userId          |
        | question before time    | the question   | data.waiting         | -1              | data.waiting         |
        | half a run waiting      | the question   | data.waiting         | 0.5             | data.waiting         |
        | question with more      | the question   | data.mood            | "fine"          | data.mood            |
        | start without question  | the start      | data.question        | left out        | data.question        |
        | thought without step    | a thought      | data.step            | left out        | data.step            |
        | thought without note    | a thought      | data.note            | 7               | data.note            |
        | call unnamed            | call A         | data.callId          | left out        | data.callId          |
        | call of no tool         | call A         | data.tool            | left out        | data.tool            |
        | call without input      | call A         | data.input           | left out        | data.input           |
        | result of no call       | result A       | data.callId          | "A"             | data.callId          |
        | result of its own kind  | result A       | data.outcome         | "fine"          | data.outcome         |
        | result without summary  | result A       | data.summary         | left out        | data.summary         |
        | result perhaps whole    | result A       | data.more            | "no"            | data.more            |
        | result before its call  | result A       | data.tookMs          | -1              | data.tookMs          |
        | no report               | the report     | data.report          | left out        | data.report          |
        | failure without a code  | a failure      | data.code            | left out        | data.code            |
        | failure without words   | a failure      | data.message         | left out        | data.message         |
        | failure left open       | a failure      | data.retryable       | "perhaps"       | data.retryable       |
        | cancelled by nobody     | a cancellation | data.userId          | left out        | data.userId          |

    @unit
    Scenario Outline: Every good value of an event travels: <case>
      When <event> is handed in whose <part> is <value>
      Then the event is judged: taken

      Examples:
        | case                 | event    | part         | value         |
        | a tool that failed   | result A | data.outcome | "failed"      |
        | a tool cut short     | result A | data.outcome | "interrupted" |
        | a tool at once       | result A | data.tookMs  | 0             |
        | nobody waits ahead   | the question | data.waiting | 0         |
        | by a specialist      | a thought | agent       | "data"        |
        | nothing to sum up    | result A | data.summary | null          |

    @unit
    Scenario: Only refusals that pass by themselves invite to try the same again
      When the refusals of the chat are looked through
      Then the same request may succeed later after auth_unavailable, rate_limited, not_ready, overloaded, restarting, and no other
