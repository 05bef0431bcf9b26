@chat @websocket-manager
Feature: Lines that last
  A customer leaves the tab open all day and expects it to be alive, to be theirs alone, and to say so honestly when it
  cannot be. A tab that silently died, or that still shows answers after a sign-out, ends the trust.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A tab is alive exactly as long as its person may watch, and whoever is sent away knows why and when to return
    Revenue: chat

  @WS-07
  Rule: A slow or dead device costs nobody else anything

    @integration @hard
    Scenario Outline: Keeping or closing, whatever Redis does: <case>
      Given Redis is out of reach
      And Dana's phone is on a line with a token valid for 2 hours
      When <happens>
      Then her phone is <outcome>

      Examples:
        | case                  | happens                                              | outcome                     |
        | it answers            | 2 minutes pass                                       | open                        |
        | just not yet silent   | her phone falls silent for 34 seconds                | open                        |
        | silent                | her phone falls silent for 35 seconds                | gone without a word         |
        | silent, then back     | her phone falls silent for 30 seconds, then for 30 more | open                     |
        | just not yet idle     | 1,799 seconds pass                                   | open                        |
        | idle                  | 30 minutes pass                                      | closed with 4408 for "idle" |
        | it said something     | 29 minutes pass, her phone says something, 2 more pass | open                      |

    @integration @hard
    Scenario: Whoever only reads is not idle while there is something to read
      Given Redis is out of reach
      And Dana watches the thread "Q3 spend" on a line of her phone
      When 29 minutes pass, an event is told, 2 more pass
      Then her phone is open

    @integration @hard
    Scenario: A tab that stops reading waits for what is stored, and reads on where it stopped
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has stopped reading
      And 250 long events were told
      When her phone reads again after 20 seconds
      Then her phone is shown events 1 to 250 of the thread

    @integration @hard
    Scenario: A tab that does not read for 30 seconds is closed as overloaded, its owner's other tab goes on
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her laptop
      And her phone has stopped reading
      And 250 long events were told
      When her phone reads again after 30 seconds
      Then her phone is closed with 1013 because "slow_consumer"
      And her laptop is shown events 1 to 250 of the thread

    @integration @hard
    Scenario: A catch-up of large events holds at most 1 MiB for a tab that does not read
      Given the thread "Q3 spend" of Dana holds 80 events of 31,000 bytes
      When her phone follows it and does not read
      Then between 0.9 and 1 MiB wait for it, and it is shown events 1 to 80 once it reads

    @integration @hard
    Scenario: What is told meanwhile does not pile up for a tab that does not read
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has stopped reading
      When 80 events of 31,000 bytes are told, one after the other
      Then between 0 and 1 MiB wait for it, and it is shown events 1 to 82 once it reads

    @integration @hard
    Scenario: A device that never answers the close is let go after 10 seconds
      Given Dana's phone is on a line with a token valid for 10 seconds
      And her phone has stopped reading
      When 20 seconds pass
      Then nobody is on a line, and 1 was admitted

    @integration
    Scenario: What lines, threads and listeners there are is known, and nothing is left behind
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Team offsite" on a line of her laptop
      When her phone and her laptop leave
      Then before that 2 lines showed 2 threads, and afterwards there is no line, thread or listener left

    @unit
    Scenario Outline: A line only moves forward: <case>
      When a line that is <state> is to be <next>
      Then it <answer>

      Examples:
        | case                 | state    | next     | answer |
        | admitted             | opening  | open     | moves  |
        | turned away          | opening  | closed   | moves  |
        | asked to move        | open     | draining | moves  |
        | left                 | open     | closed   | moves  |
        | moved                | draining | closed   | moves  |
        | not yet admitted     | opening  | draining | stays  |
        | no way back from moving | draining | open  | stays  |
        | no way back from the end | closed | open   | stays  |
        | ended once           | closed   | closed   | stays  |

  @WS-12
  Rule: A deployment is a short pause

    @integration
    Scenario: A draining instance refuses newcomers as restarting and serves the present until they leave
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And the instance is draining
      When her laptop comes to the door
      Then her laptop is told "restarting" because "This instance is restarting." and closed with 1012
      And her phone is asked once to move, and is still shown what is told, until it leaves and the draining is over

    @integration @hard
    Scenario: A device that ignores the request is disconnected at the end
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And the instance is draining
      When the drain limit is reached and the instance stops
      Then the draining ended with 1 of 1 left, and her phone is closed with 1012 because "restarting"
      And nobody is on a line, and 1 was admitted

    @integration @hard
    Scenario: A device that does not even read is cut off when the instance stops
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has stopped reading
      When the instance stops, and 200 milliseconds pass
      Then the instance has stopped, and nobody is on a line

    @integration
    Scenario: An instance that serves nobody has nothing to drain
      Given an instance that nobody is connected to
      When the drain limit has not been reached
      Then its draining is over with nobody asked

    @integration
    Scenario Outline: Moves are spread: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When the instance is draining, and her luck is <luck>
      Then her phone is asked to move in <wait> milliseconds

      Examples:
        | case      | luck | wait |
        | the first | 0    | 100  |
        | half-way  | 0.5  | 2050 |
        | the last  | 1    | 4000 |
