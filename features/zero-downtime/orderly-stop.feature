@zero-downtime @lifecycle-manager
Feature: An orderly stop
  Releases go out in the middle of a working day because an instance leaves without anybody losing an answer. An
  instance that hangs on its way out, or leaves in disorder, turns every release into an outage.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: An instance that is told to stop leaves at once and cleanly
    Revenue: zero-downtime

  @LC-07
  Rule: A stop fits inside ten seconds

    @e2e @operations
    Scenario: An idle instance is gone within 2 seconds, cleanly
      Given an instance of the platform is serving
      When the instance is told to stop
      Then the instance ends cleanly within 2 seconds

    @e2e @operations @hard
    Scenario: PostgreSQL no longer answers during the stop: the instance is gone within 10 seconds all the same
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      And PostgreSQL has fallen silent
      When the instance is told to stop
      Then the instance is gone within 10 seconds

    @e2e @operations @hard
    Scenario: A caller who keeps a connection open and asks nothing does not hold up the stop
      Given an instance of the platform is serving
      And a stranger has connected there and says nothing, and another has sent half a request
      When the instance is told to stop
      Then the instance ends cleanly within 2 seconds

  @LC-09
  Rule: Signals are obeyed once and at once

    @e2e @operations
    Scenario: Told to stop, an instance takes no customer any more within a tenth of a second
      Given an instance of the platform is serving
      When the instance is told to stop, and asked whether customers should come
      Then it says within 100 milliseconds that none should

    @e2e @operations
    Scenario: Told to stop again and again, it stops once
      Given an instance of the platform is serving
      When the instance is told to stop 3 times
      Then the instance ends within 2 seconds with exit status 0, and its last line says "clean"

    @e2e @operations
    Scenario: Interrupted twice, it ends at once
      Given an instance of the platform is serving
      When the instance is interrupted twice
      Then the instance ends within 1 second with exit status 130, and its last line says "interrupted_twice"

    @e2e @operations @hard
    Scenario: Told to stop in the first instant of its life, it leaves cleanly and never serves
      When an instance of the platform is told to stop in the first instant of its life
      Then it ends with exit status 0, and never served

    @e2e @operations @hard
    Scenario Outline: A failure that nobody has foreseen leads to the same orderly stop, with a failing result: <case>
      Given an instance of the platform is serving
      When <case>
      Then the instance ends within 2 seconds with exit status 23, and its last line says "uncaught_failure"

      Examples:
        | case                                                     |
        | nothing catches an error of its code                     |
        | nothing catches an error of its code in the background   |
        | nothing catches an error of its code while it stops      |

    @e2e @operations @hard
    Scenario: Told to stop in the middle of an answer, the instance asks its people to move, and nobody misses an event
      Given an instance of the platform is serving
      And Dana from Acme has asked "Where does our money go?" on a phone there, in the thread "Q3 spend"
      And the instance has been told to stop
      When her phone moves to another instance as it is asked to
      Then her phone shows the whole answer, with no event missing or doubled
      And the instance ends cleanly within 9 seconds

  @LC-10
  Rule: A stop leaves nothing behind

    @integration @operations @hard
    Scenario: After a stop no store counts a connection of the instance, however often it was started and stopped
      When an instance of the platform has been started and stopped 3 times in one process
      Then the stores count no connection of it, and the process holds what it held before
