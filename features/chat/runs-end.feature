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
        | case                  | state       | cause            | next        |
        | it begins             | queued      | claimed          | running     |
        | it waits too long     | queued      | failed           | failed      |
        | stopped while waiting | queued      | cancel_requested | cancelled   |
        | it is answered        | running     | finished         | completed   |
        | it fails              | running     | failed           | failed      |
        | stop is asked for     | running     | cancel_requested | cancelling  |
        | it is handed over     | running     | released         | interrupted |
        | it has stopped        | cancelling  | cancelled        | cancelled   |
        | it is taken up again  | interrupted | claimed          | running     |
        | nobody can go on      | interrupted | failed           | failed      |
        | stopped in between    | interrupted | cancel_requested | cancelled   |

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

    @integration
    Scenario: Another question under the same name is refused instead of being lost unseen
      Given the agents have answered Dana from Acme "Where does our money go?"
      When she sends another question under the name of that one
      Then the question is refused as "message_id_reused" about "clientMessageId"
      And the reason given is "This clientMessageId belongs to another message in this thread. Give each message its own."
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
    Scenario Outline: What exactly an agent got wrong is told to operators: <case>
      Given a triage that <case>
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "<code>"
      And operators read "<field>" in the details of the failure

      Examples:
        | case                          | code                 | field    |
        | returns part of what it owes  | agent_invalid_result | coverage |
        | calls a tool with alien input | tool_input_invalid   | filter   |

    @integration @hard
    Scenario Outline: A misbehaving agent ends the run once, as failed, with a safe message: <case>
      Given a triage that <case>
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "<code>"
      And the customer is told "<told>", and asking again is of no use

      Examples:
        | case                                 | code                 | told                                                                                                                       |
        | throws                               | agent_threw          | Something went wrong on our side; our reference is <the run>.                                                              |
        | cannot be built                      | agent_threw          | Something went wrong on our side; our reference is <the run>.                                                              |
        | returns nothing                      | agent_empty_result   | The step "triage" gave no result.                                                                                          |
        | returns the wrong shape              | agent_invalid_result | The step "triage" gave no usable result.                                                                                   |
        | claims rights in its input           | agent_invalid_result | The step "triage" gave no usable result.                                                                                   |
        | returns part of what it owes         | agent_invalid_result | The step "triage" gave no usable result.                                                                                   |
        | calls a tool that is not on its list | tool_not_allowed     | The agent "triage" may not use the tool "find_savings".                                                                    |
        | calls a tool that does not exist     | tool_unknown         | There is no tool "delete_everything". There are: usage_coverage, usage_summary, usage_breakdown, price_list, find_savings. |
        | calls a tool with alien input        | tool_input_invalid   | The tool "usage_coverage" was called with input it does not know.                                                          |

    @integration @hard
    Scenario: Clean-up that hangs is left after 2 seconds, and the answer comes
      Given a triage whose clearing up hangs
      When Dana from Acme waits until the triage clears up
      Then its step is left only after 2 seconds
      And the story has one ending, and the run is over as "completed"
      And operators read that "an agent has not cleared up in time and was left"

    @integration @hard
    Scenario: Clean-up that throws hides no answer
      Given a triage whose clearing up throws
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story has one ending, and the run is over as "completed"
      And operators read that "an agent could not clear up"

    @integration @hard
    Scenario: A run that is over holds on to nothing that it has read with
      Given usage that carries a whole answer
      When Dana from Acme asks the agents "Where does our money go?"
      Then nobody listens any more to what 3 readings could have been stopped by

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
        | case | hold-up                             | limit       | code         | told                                                       |
        | tool | usage data that never answers       | 10 seconds  | tool_timeout | Reading your usage took longer than 10 seconds. Ask again. |
        | step | a triage that never comes to an end | 25 seconds  | step_timeout | The step "triage" took longer than 25 seconds.             |
        | run  | a triage that is allowed 10 minutes | 120 seconds | run_timeout  | The answer took longer than 120 seconds. Ask again.        |

    @integration @hard
    Scenario Outline: What keeps a tool from reading is told in plain words, its details to operators alone: <case>
      Given <trouble>, <times> times
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "<code>"
      And the customer is told "<told>", and asking again <again>
      And there were <readings> readings, shown as one failed tool
      And operators read "hunter2" in the details of the failure

      Examples:
        | case         | trouble                             | times | readings | code              | again        | told                                                                 |
        | out of reach | the usage data is out of reach      | 3     | 3        | usage_unavailable | may help     | Your usage data cannot be read right now. Ask again in a moment.     |
        | closed       | the usage data is closed for good   | 1     | 1        | usage_unavailable | may help     | Your usage data cannot be read right now. Ask again in a moment.     |
        | too much     | there is too much usage to read     | 1     | 1        | tool_timeout      | may help     | There is too much usage to read at once. Ask about a shorter period. |
        | refused      | the usage data refuses the question | 1     | 1        | agent_threw       | is of no use | Something went wrong on our side; our reference is <the run>.        |
        | unheard-of   | something unheard-of happens        | 1     | 1        | agent_threw       | is of no use | Something went wrong on our side; our reference is <the run>.        |

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
        | case             | word                                 | where                                   |
        | where it runs    | Redis carries word between instances | on the same instance                    |
        | another instance | Redis carries word between instances | on another instance                     |
        | Redis away       | Redis carries no word                | on another instance, and 5 seconds pass |

    @e2e @operations @hard
    Scenario: A tablet stops what the laptop started, through another instance
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And Dana from Acme has a laptop open there on the thread "Q3 spend"
      And ClickHouse has fallen silent
      And she has asked "Where does our money go?"
      When she stops it from a tablet through another instance
      Then within 2 seconds her laptop shows that it was stopped, and no tool is left open

    @integration
    Scenario: A waiting run that is stopped never starts
      Given the answer of Dana from Acme is held up
      And 1 more of her questions waits
      When she stops the waiting run and the answer goes on
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

    @integration @hard
    Scenario: An instance that stops leaves a run that is being stopped as stopped, and hands it to nobody
      Given the answer of Dana from Acme is held up, and Redis carries no word
      And she has stopped it through another instance
      When the first instance stops
      Then the first instance has finished 1 and handed over 0
      And the story ends once, as stopped

    @integration
    Scenario: Who stops a run that is being stopped is told so
      Given the answer of Dana from Acme is held up, and Redis carries no word
      When she stops it twice through another instance
      Then she is told that the run is "stopping" and "cancelling"
