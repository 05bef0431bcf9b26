@chat @state-manager
Feature: Limited slots and hints
  A plan with ten answers at a time means ten, on however many servers they run; and a hint that something is new must
  never be lost in silence.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Revenue protection
    Impact: Nobody gets more than they pay for, nobody is locked out by a crash, and no device misses a hint
    Revenue: chat

  @ST-12
  Rule: What is limited is counted once, and no hint is lost in silence

    @integration @hard
    Scenario: Ten slots, twenty callers on two instances: ten get one
      When 20 callers on two instances ask for one of Dana from Acme's 10 slots at once
      Then 10 get one and 10 are told that 10 are taken, the first for 30 seconds more

    @integration @operations @hard
    Scenario Outline: The slots of a killed process come free after 30 seconds, not before: <case>
      Given a process that held all 10 of Dana from Acme's slots was killed
      When <passed> milliseconds have passed
      Then a slot of Dana's is <free>

      Examples:
        | case   | passed | free  |
        | before | 29,999 | taken |
        | after  | 30,000 | free  |

    @integration
    Scenario: A hint reaches those who listen for the thread, and nobody else
      Given Dana from Acme listens to the thread "Q3 spend"
      And Leo from Birch listens to the thread "Q3 spend"
      When Dana from Acme sends 2 hints about the thread "Q3 spend"
      Then Dana hears "1, 2"
      And Leo hears nothing

    @integration @operations @hard
    Scenario: A listener cut off from Redis hears once that hints may be missing, then every new one
      Given an instance can be cut off from Redis
      And Dana from Acme listens to the thread "Q3 spend"
      And Redis was away and is back
      When Dana from Acme sends 3 hints about the thread "Q3 spend"
      Then Dana hears "some may be missing, 1, 2, 3"
