@chat @agent-registry
Feature: Everybody gets a turn
  One customer with many questions must not take the service away from all others. Who has to wait is told so, in turn,
  and never for ever. An answer that is "held up" has begun, takes up its place, and does not come before the scenario
  lets it go on.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: No customer is crowded out by another, plans get what they pay for, and a wait has a known end
    Revenue: chat

  @AG-08
  Rule: Limits are enforced, and fairly

    @integration
    Scenario: A second question in the same thread starts after the first has ended
      Given the answer of Dana from Acme is held up
      When she asks a second question in the same thread and the answer goes on
      Then she was told that 1 question was ahead
      And the second question is started after the end of the first

    @integration @hard
    Scenario: Without word from Redis, too, a second question starts after the first
      Given the answer of Dana from Acme is held up, and Redis carries no word
      When she asks a second question in the same thread and the answer goes on
      Then the second question is started after the end of the first
      And operators read "no subscription to other instances; polling finds their runs" and why: "Error: Redis does not answer"

    @integration @hard
    Scenario: A question begins where it is asked, even while nobody can search for runs
      Given PostgreSQL refuses every search for runs
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story has one ending, and the run is over as "completed"
      And operators read "queued runs could not be read; the next poll tries again" and why: "Error: nobody answers"

    @integration @hard
    Scenario Outline: The plan's number of questions is never exceeded through two instances: <case>
      Given every answer is held up
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
    Scenario: A question whose instance has stopped keeps its place until another goes on with it
      Given every answer is held up
      And two instances that do not hear of each other
      And 2 people of Birch have asked
      When the first instance stops, and Leo from Birch asks the other, which has not looked since
      Then 2 questions of Birch are worked on and 1 waits

    @integration @hard
    Scenario Outline: While one company's questions fill an instance, another company's first is the next to begin: <case>
      Given every answer is held up
      And 60 people of Acme have asked the first instance, 50 are worked on and 10 wait
      When Leo from Birch asks the agents, and <next>
      Then the latest question is worked on
      And <working> questions of Acme are worked on and 10 wait
      And 50 runs are under way on the first instance

      Examples:
        | case                      | next                                | working |
        | as soon as there is room  | one of Acme's questions is answered | 49      |
        | where there is room       | another instance is there           | 50      |

    @integration @hard
    Scenario: While 100 questions of one company wait, another company's first begins at that moment
      Given every answer is held up
      And 102 people of Birch have asked the first instance, 2 are worked on and 100 wait
      When Dana from Acme asks the agents "Where does our money go?"
      Then the latest question is worked on
      And 2 questions of Birch are worked on and 100 wait

    @integration @hard
    Scenario: A question that is just being taken holds no second place against the next one
      Given every answer is held up
      And 49 people of Acme have asked the first instance, 49 are worked on and 0 wait
      When Leo from Birch asks and, while his question is being taken, Mia from Cedar asks and one of Acme's is answered
      Then the questions of Leo and of Mia are worked on

    @integration
    Scenario: A person's fourth question waits, the message says so, and it starts when one ends
      Given every answer is held up
      And Dana from Acme has asked in 3 threads
      When she asks the agents "Where does our money go?" in the thread "Offsite"
      Then she was told that 1 question was ahead
      And the latest question waits

    @integration
    Scenario: A person's fourth question starts when one of the three ends
      Given every answer is held up
      And Dana from Acme has asked in 4 threads
      When one of the questions is answered
      Then the latest question is worked on

    @integration
    Scenario Outline: The message says how many questions must end first: <case>
      Given every answer is held up
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
      Given the answer of Dana from Acme is held up
      And 1 more of her questions waits
      When the first instance looks for runs, <long> after the waiting question was asked
      Then <outcome>

      Examples:
        | case            | long                 | outcome                                                                                  |
        | 10 minutes      | 10 minutes           | the waiting question's story is its question and that it failed with "run_queue_timeout" |
        | a moment before | 599,999 milliseconds | the latest question waits                                                                |

    @integration
    Scenario: Who waited too long is told so, and may ask again
      Given the answer of Dana from Acme is held up
      And 1 more of her questions waits
      When the first instance looks for runs, 10 minutes after the waiting question was asked
      Then the customer is told "This question waited 10 minutes without a free place. Ask it again.", and asking again may help
      And the run is over as "failed" because of "run_queue_timeout"
      And counts and durations that operators read are those of the stored runs

    @integration @hard
    Scenario: A question that is stopped while it is given up has one ending
      Given the answer of Dana from Acme is held up
      And 1 more of her questions waits
      And the waiting question was asked 10 minutes ago
      When she stops it at the moment at which it is given up, and the answer goes on
      Then the waiting question's story is its question and that it was stopped

    @integration @hard
    Scenario: A question that is stopped while room is found for it never starts
      Given every answer is held up
      And 2 people of Birch have asked
      And Leo from Birch has asked in one thread
      When he stops it while room is found for it
      Then the latest question is stopped

    @integration
    Scenario: Sent once more while it waits, a question has ahead of it what it had before
      Given the answer of Dana from Acme is held up
      And 2 more of her questions wait
      When she sends the first of those that wait once more
      Then she is told that it is known, with 1 ahead

    @integration
    Scenario: Sent once more after it was stopped, a waiting question has nothing ahead
      Given the answer of Dana from Acme is held up
      And she has sent the same question once more
      When she stops it and sends the same question once more
      Then she is told that it is known, with nothing ahead

    @integration @hard
    Scenario: A question in another thread waits for nothing
      Given the answer of Dana from Acme is held up
      When she asks the agents "Where does our money go?" in the thread "Offsite"
      Then she was told that 0 questions were ahead
      And both of her questions are being worked on

    @integration
    Scenario: The 21st waiting question is refused with the reason and leaves neither message nor run
      Given the answer of Dana from Acme is held up
      And 20 more of her questions wait
      When she asks the agents one question more
      Then it is refused as "run_queue_full", and asking again later may help
      And the reason given is "20 of your questions wait already. Ask again later."
      And the thread holds 21 questions and as many runs

    @integration @hard
    Scenario: A company with as many waiting questions as its plan allows is told so, and another company's question begins at that moment
      Given every answer is held up
      And 102 people of Birch have asked the first instance, 2 are worked on and 100 wait
      When Leo from Birch asks the agents one question more
      Then it is refused as "run_queue_full", and asking again later may help
      And the reason given is "100 questions of your company wait already, as many as its plan allows. Ask again later."
      And Dana from Acme is told that nothing is ahead of hers

    @integration
    Scenario: The 20th waiting question is taken, and a colleague's is not counted with it
      Given the answer of Dana from Acme is held up
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
        | blank            | a question of blanks            | The question must not be blank.                |
        | 8,001 characters | a question of 8,001 characters  | The question must have at most 8000 characters. |
        | NUL              | a question with a NUL character | The question must not contain a NUL character. |
        | half an emoji    | a question with half an emoji   | The question must not contain half a character. |

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
