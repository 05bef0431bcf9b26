@chat @state-manager
Feature: Limited places and wake-up calls
  A plan with ten answers at a time means ten, on however many servers they run; and a word that something is new must
  never be lost in silence.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Revenue protection
    Impact: Nobody gets more than they pay for, nobody is locked out by a crash, and no device misses the call to look
    Revenue: chat

  @ST-12
  Rule: What is limited is counted once

    @integration @hard
    Scenario: Ten slots, twenty callers on two instances: ten get one
      When 20 callers on two instances ask for one of Dana from Acme's 10 slots at once
      Then 10 get one and 10 are told that 10 are taken, the first for 30 seconds more

    @integration @operations @hard
    Scenario Outline: A killed holder's slot is free after its lease of 30 seconds, not before: <case>
      Given a process that held all 10 of Dana from Acme's slots was killed
      When <passed> milliseconds have passed
      Then a slot is <free>

      Examples:
        | case   | passed | free  |
        | before | 29,999 | taken |
        | after  | 30,000 | free  |

    @integration
    Scenario Outline: A slot is kept by renewing it and given back by leaving: <case>
      Given 20 callers on two instances have asked for one of Dana from Acme's 10 slots
      When <what>
      Then a slot is <free>

      Examples:
        | case         | what                                      | free  |
        | renewed      | all are renewed and 29 seconds pass       | taken |
        | not renewed  | 30 seconds pass without renewal           | free  |
        | given back   | one is given back                         | free  |

    @integration
    Scenario: A slot whose lease is over cannot be renewed
      Given 20 callers on two instances have asked for one of Dana from Acme's 10 slots
      When 30 seconds pass without renewal
      Then renewing is refused

    @unit
    Scenario Outline: Senseless slots are refused: <case>
      Given an instance that has not asked Redis for anything
      When Dana from Acme asks for one of <limit> slots for <lease> milliseconds
      Then this is refused as "<reason>" about "<field>"
      And Redis has not been asked

      Examples:
        | case            | limit | lease  | reason                 | field   |
        | no slots        | 0     | 30000  | state_invalid_value    | limit   |
        | half a slot     | 1.5   | 30000  | state_invalid_value    | limit   |
        | too short       | 10    | 4999   | state_invalid_lifetime | leaseMs |
        | too long        | 10    | 300001 | state_invalid_lifetime | leaseMs |

    @integration
    Scenario Outline: The shortest and the longest lease are taken: <case>
      When Dana from Acme asks for one of <limit> slots for <lease> milliseconds
      Then she has one for <lease> milliseconds, and then not

      Examples:
        | case     | limit | lease  |
        | shortest | 1     | 5000   |
        | longest  | 1     | 300000 |

    @integration @operations @hard
    Scenario: A listener cut off from Redis hears once that hints may be missing, then every new one
      Given an instance whose line to Redis can break
      And Dana from Acme waits for hints about the thread "Q3 spend"
      When the line breaks and is back, and then 3 hints are given
      Then she hears "some_may_be_missing, 1, 2, 3"

    @integration
    Scenario: A hint reaches those who follow the thread, and nobody else
      Given Dana from Acme waits for hints about the thread "Q3 spend"
      And Leo from Birch waits for hints about the thread "Q3 spend"
      When Dana from Acme gives 2 hints about the thread "Q3 spend"
      Then Dana hears "1, 2" and Leo nothing

    @integration
    Scenario: A hint of exactly 1,024 bytes is told
      Given Dana from Acme waits for hints about the thread "Q3 spend"
      When Dana from Acme gives a hint of 1,024 bytes
      Then she hears 1 hint

    @unit
    Scenario: A hint says where to look, not what is there
      Given an instance that has not asked Redis for anything
      When Dana from Acme gives a hint of 1,025 bytes
      Then this is refused as "state_too_large" about "note"
      And Redis has not been asked

    @integration
    Scenario Outline: A hint reaches everybody it is meant for: <case>
      Given Dana from Acme and Ravi from Acme and Leo from Birch wait for hints about <topic>
      When Dana from Acme gives a hint about <topic>
      Then it is heard by "<hearers>"

      Examples:
        | case              | topic        | hearers          |
        | for one person    | herself      | Dana             |
        | for the company   | the company  | Dana, Ravi       |
        | for the platform  | the platform | Dana, Ravi, Leo  |
