@chat @agent-registry
Feature: Every question comes to one end
  A question that hangs, or ends twice, or eats the time of all others, is worse than one that fails: nobody knows what
  to do next. Every run ends once, within limits, and whoever asked can stop it.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Each question ends exactly once, in time, and says how; nobody's questions hold up anybody else's
    Revenue: chat

  @AG-07
  Rule: A run's state is never in doubt

    @unit
    Scenario Outline: Each allowed change is made: <case>
      When a run that is "<state>" meets "<cause>"
      Then it is "<next>" from then on

      Examples:
        | case                  | state       | cause       | next        |
        | it begins             | queued      | taken       | running     |
        | it waits too long     | queued      | failed      | failed      |
        | stopped while waiting | queued      | stop_asked  | cancelled   |
        | it is answered        | running     | finished    | completed   |
        | it fails              | running     | failed      | failed      |
        | stop is asked for     | running     | stop_asked  | cancelling  |
        | it is handed over     | running     | handed_over | interrupted |
        | it has stopped        | cancelling  | stopped     | cancelled   |
        | it is taken up again  | interrupted | taken       | running     |
        | nobody can go on      | interrupted | failed      | failed      |
        | stopped in between    | interrupted | stop_asked  | cancelled   |

    @unit @hard
    Scenario: Every other change is refused by name
      When each of the 7 states meets each of the 6 causes
      Then 11 changes are made, and the other 31 are refused by their names

    @integration @hard
    Scenario: The same question reaching two instances at one instant is one run, and the second asker is told so
      Given Dana from Acme has a thread on two instances
      When both of her devices send the same question at one instant, each to its own instance
      Then one of them is told that the question was known, and both are told of the same run
      And the thread holds the question and one answer

    @integration
    Scenario: Asked once more after its answer, a question is known and nothing is ahead of it
      Given the agents have answered Dana from Acme "Where does our money go?"
      When she sends the same question once more
      Then she is told that it is known, with nothing ahead
      And the thread holds the question and one answer

    @integration @hard
    Scenario Outline: Stopping while the last step ends leaves one ending, and the other side is told which: <case>
      Given the reporting of Dana from Acme is held up, and Redis carries no word
      When she stops the run through another instance and the reporting <case>
      Then she is told that the run is "stopping" and "cancelling"
      And the story has one ending, and the run is over as "cancelled"

      Examples:
        | case    |
        | goes on |
        | fails   |

    @integration @hard
    Scenario: Stopped when the answer was just stored, a run stays answered
      Given the reporting of Dana from Acme is held up
      When the reporting goes on and she stops the run after the answer
      Then she is told that the run is "already_ended" and "completed"
      And the story has one ending, and the run is over as "completed"

  @AG-08
  Rule: Limits are enforced, and fairly

    @integration
    Scenario: A second question in the same thread starts after the first has ended
      Given the triage of Dana from Acme is held up
      When she asks a second question in the same thread and the triage goes on
      Then she was told that 1 question was ahead
      And the second question is started after the end of the first

    @integration @hard
    Scenario Outline: The plan's number of questions is never exceeded through two instances: <case>
      Given every triage is held up
      When <people> people of <company> ask at one instant, through two instances
      Then <most> questions of <company> are worked on and <others> wait
      And all <people> questions of <company> are answered, never more than <most> at a time

      Examples:
        | case       | company | people | most | others |
        | free       | Birch   | 5      | 2    | 3      |
        | early      | Cedar   | 8      | 5    | 3      |
        | mid        | Dune    | 13     | 10   | 3      |
        | enterprise | Acme    | 53     | 50   | 3      |

    @integration @hard
    Scenario: Two instances never both take the last place
      Given every triage is held up
      And one person of Birch has asked
      When two instances would each take the last place of Birch
      Then 2 questions of Birch are worked on and 1 waits

    @integration @hard
    Scenario Outline: While one company's questions fill an instance, another company's first is the next to begin: <case>
      Given every triage is held up
      And 60 people of Acme have asked the first instance, 50 are worked on and 10 wait
      When Leo from Birch asks the agents, and <next>
      Then the latest question is worked on
      And <working> questions of Acme are worked on and 10 wait

      Examples:
        | case                      | next                                | working |
        | as soon as there is room  | one of Acme's questions is answered | 49      |
        | where there is room       | another instance is there           | 50      |

    @integration
    Scenario: A person's fourth question waits, the message says so, and it starts when one ends
      Given every triage is held up
      And Dana from Acme has asked in 3 threads
      When she asks the agents "Where does our money go?" in the thread "Offsite"
      Then she was told that 1 question was ahead
      And the latest question waits

    @integration
    Scenario: A person's fourth question starts when one of the three ends
      Given every triage is held up
      And Dana from Acme has asked in 4 threads
      When one of the questions is answered
      Then the latest question is worked on

    @integration
    Scenario Outline: The message says how many questions must end first: <case>
      Given every triage is held up
      And <others>
      When <person> asks the agents "Where does our money go?" in the thread "Offsite"
      Then <who> was told that <ahead> question was ahead

      Examples:
        | case                       | others                           | person         | who | ahead |
        | two of one's own           | Dana from Acme has asked in 2 threads | Dana from Acme | she | 0 |
        | one of a free company      | one person of Birch has asked    | Leo from Birch | he  | 0     |
        | two of a free company      | 2 people of Birch have asked     | Leo from Birch | he  | 1     |

    @integration
    Scenario Outline: A question that has waited 10 minutes ends as failed: <case>
      Given the triage of Dana from Acme is held up
      And 1 more of her questions waits
      And the waiting question was asked <ago> ago
      When 5 seconds pass on the first instance
      Then <outcome>

      Examples:
        | case       | ago                 | outcome                                                                            |
        | 10 minutes | 595 seconds         | the waiting question's story is its question and that it failed with "run_queue_timeout" |
        | a moment less | 594,999 milliseconds | the latest question waits                                                      |

    @integration
    Scenario: Who waited too long is told so, and may ask again
      Given the triage of Dana from Acme is held up
      And 1 more of her questions waits
      And the waiting question was asked 600 seconds ago
      When 5 seconds pass on the first instance
      Then the customer is told "This question waited 10 minutes without a free place. Ask it again.", and asking again may help
      And the run is over as "failed" because of "run_queue_timeout"

    @integration
    Scenario: Sent once more after it was stopped, a waiting question has nothing ahead
      Given the triage of Dana from Acme is held up
      And she has sent the same question once more
      When she stops it and sends the same question once more
      Then she is told that it is known, with nothing ahead

    @integration @hard
    Scenario: A question in another thread waits for nothing
      Given the triage of Dana from Acme is held up
      When she asks the agents "Where does our money go?" in the thread "Offsite"
      Then she was told that 0 questions were ahead
      And both of her questions are being worked on

    @integration
    Scenario: The 21st waiting question is refused with the reason and leaves neither message nor run
      Given the triage of Dana from Acme is held up
      And 20 more of her questions wait
      When she asks the agents one question more
      Then it is refused as "run_queue_full", and asking again later may help
      And the reason given is "20 of your questions wait already. Ask again later."
      And the thread holds 21 questions and as many runs

    @integration
    Scenario: The 20th waiting question is taken, and a colleague's is not counted with it
      Given the triage of Dana from Acme is held up
      And 19 more of her questions wait
      When she asks the agents one question more
      Then she was told that 20 questions were ahead
      And Ravi from Acme is told that nothing is ahead of his

    @integration
    Scenario Outline: A question that cannot be asked is refused and leaves nothing: <case>
      Given Dana from Acme has a thread on two instances
      When she asks the agents <question>
      Then the question is refused as "invalid_question" about "text"
      And the reason given is "<reason>"
      And the thread holds 0 questions and as many runs

      Examples:
        | case             | question                        | reason                                         |
        | blank            | a question of blanks            | The question is blank.                         |
        | 8,001 characters | a question of 8,001 characters  | The question has more than 8000 characters.    |
        | NUL              | a question with a NUL character | The question contains a NUL character.         |

    @integration
    Scenario: A question of 8,000 characters is answered
      Given Dana from Acme has a thread on two instances
      When she asks the agents a question of 8,000 characters
      Then the thread holds the question and one answer

    @integration
    Scenario: Who may not chat is refused and leaves nothing
      Given the agents have answered Dana from Acme "Where does our money go?"
      And she has lost the right "chat:use"
      When she asks, reads and stops
      Then each time she is refused as "not_allowed"

  @AG-09
  Rule: Runs end, always

    @e2e @operations @hard
    Scenario: While ClickHouse is unreachable the run fails honestly, and asking again later works
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And ClickHouse has become unreachable
      When she asks "Where does our money go?"
      Then she is told that the run failed as "usage_unavailable" and that asking again may help
      And no tool call is left open
      And she is answered in full when she asks again through a healthy instance

    @integration @hard
    Scenario Outline: A misbehaving agent ends the run once, as failed, with a safe message: <case>
      Given a triage that <case>
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "<code>"
      And the customer is told "<told>", and asking again is of no use

      Examples:
        | case                                 | code                 | told                                                           |
        | throws                               | agent_threw          | Something went wrong on our side; our reference is <the run>.  |
        | cannot be built                      | agent_threw          | Something went wrong on our side; our reference is <the run>.  |
        | returns nothing                      | agent_empty_result   | The step "triage" gave no result.                              |
        | returns the wrong shape              | agent_invalid_result | The step "triage" gave no usable result.                       |
        | returns part of what it owes         | agent_invalid_result | The step "triage" gave no usable result.                       |
        | calls a tool that is not on its list | tool_not_allowed     | The agent "triage" may not use the tool "find_savings".        |
        | calls a tool that does not exist     | tool_unknown         | There is no tool "delete_everything". There are: usage_coverage, usage_summary, price_list, find_savings, publish_report. |
        | calls a tool with alien input        | tool_input_invalid   | The tool "usage_coverage" was called with input it does not know. |

    @integration @hard
    Scenario: An agent that calls tools without end is stopped at 50
      Given a triage that calls tools without end
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "tool_call_limit"
      And the customer is told "A run may use tools 50 times; this one was stopped.", and asking again is of no use
      And 50 tools were shown, each with its result

    @integration
    Scenario: A last step without a report ends the run as failed
      Given a reporting that returns no report
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "agent_invalid_result"
      And the customer is told "The last step gave no report.", and asking again is of no use

    @integration @hard
    Scenario Outline: A limit stops the work and names itself: <case>
      Given <hold-up>
      When Dana from Acme asks the agents "Where does our money go?" and <limit> pass
      Then the story ends once, as failed with "<code>"
      And the customer is told "<told>", and asking again may help
      And whatever was being read was told to stop, and is shown as ended

      Examples:
        | case | hold-up                       | limit       | code         | told                                                     |
        | tool | usage data that never answers | 10 seconds  | tool_timeout | Reading your usage took longer than 10 seconds. Ask again. |
        | step | a triage that never comes to an end | 25 seconds | step_timeout | The step "triage" took longer than 25 seconds.       |
        | run  | a triage that is allowed 10 minutes | 120 seconds | run_timeout | The answer took longer than 120 seconds. Ask again.   |

    @integration @hard
    Scenario Outline: What keeps a tool from reading is told in plain words, its details to operators alone: <case>
      Given <trouble>, <times> times
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "<code>"
      And the customer is told "<told>", and asking again <again>
      And there were <readings> readings, shown as one failed tool

      Examples:
        | case            | trouble                           | times | readings | code              | again         | told                                                                       |
        | out of reach    | the usage data is out of reach    | 3     | 3        | usage_unavailable | may help      | Your usage data cannot be read right now. Ask again in a moment.           |
        | closed          | the usage data is closed for good | 1     | 1        | usage_unavailable | may help      | Your usage data cannot be read right now. Ask again in a moment.           |
        | too much        | there is too much usage to read   | 1     | 1        | tool_timeout      | may help      | There is too much usage to read at once. Ask about a shorter period.       |
        | refused         | the usage data refuses the question | 1   | 1        | agent_threw       | is of no use  | Something went wrong on our side; our reference is <the run>.              |
        | unheard-of      | something unheard-of happens      | 1     | 1        | agent_threw       | is of no use  | Something went wrong on our side; our reference is <the run>.              |

  @AG-10
  Rule: The customer can stop a run

    @integration @hard
    Scenario Outline: A run stops from any instance: <case>
      Given usage data that never answers
      And <word>
      When Dana from Acme asks the agents "Where does our money go?" and stops it <where>
      Then the story ends once, as stopped
      And the run is over as "cancelled"
      And whatever was being read was told to stop, and is shown as ended

      Examples:
        | case               | word                                  | where                                   |
        | where it runs      | Redis carries word between instances  | on the same instance                    |
        | another instance   | Redis carries word between instances  | on another instance                     |
        | Redis away         | Redis carries no word                 | on another instance, and 5 seconds pass |

    @integration
    Scenario: A waiting run that is stopped never starts
      Given the triage of Dana from Acme is held up
      And 1 more of her questions waits
      When she stops the waiting run and the triage goes on
      Then the waiting question's story is its question and that it was stopped
      And she is told that the run is "stopping" and "cancelled"

    @integration
    Scenario: Stopping an ended run says how it ended and changes nothing
      Given the agents have answered Dana from Acme "Where does our money go?"
      When she stops it
      Then she is told that the run is "already_ended" and "completed"
      And the run is over as "completed"

    @integration
    Scenario: Stopping twice is stopping once
      Given usage data that never answers
      When Dana from Acme asks the agents "Where does our money go?" and stops it twice at one instant
      Then the story ends once, as stopped
