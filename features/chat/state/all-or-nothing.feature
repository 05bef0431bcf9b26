@chat @state-manager
Feature: A change is there whole or not at all
  A note that can be read but is in no list, or counts against the customer's quota but cannot be read, is half a change.
  Nobody ever sees one, whatever fails.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: No answer is built on half a change
    Revenue: chat

  @ST-05
  Rule: A group of changes lands whole or not at all

    @integration @operations @hard
    Scenario: Redis is out of memory: a note is refused whole, and removing still works
      Given a Redis of its own in which Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And this Redis has no memory left
      When she notes "hire" in the thread "Q4 plan"
      Then she is refused because Redis is out of memory
      And Dana finds nothing in the thread "Q4 plan"
      And she can still clear the thread "Q3 spend"

    @integration @operations @hard
    Scenario Outline: An instance is killed while it writes: each entry is there whole or not at all: <case>
      Given a process is ready to write one <kind> of Dana from Acme after the other
      When the process is killed after 20 of them
      Then at least 20 are listed, and each of them is readable and counted

      Examples:
        | case              | kind       |
        | may go with Redis | note       |
        | must outlive it   | settlement |
