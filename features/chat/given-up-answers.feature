@chat @agent-registry
Feature: Answers that nobody waits for any more
  Reading a month of usage is the dearest part of an answer. When nobody waits for it any more, every second that it goes on
  is taken from those who do wait, and is read of a company that may have said stop.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Stopping stops the reading itself, so nobody's usage is read in vain or against their will
    Revenue: chat

  @AG-17
  Rule: An answer that is given up is not worked out any further

    @e2e @operations @hard
    Scenario Outline: ClickHouse itself stops reading: <case>
      Given an instance of the platform is serving on a ClickHouse that has become slow
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And ClickHouse is reading for her question "Where does our money go?"
      When <what happens>
      Then ClickHouse reads nothing more for it after 2 seconds
      And operators read that no question is under way there

      Examples:
        | case                     | what happens                      |
        | she stops it             | she stops the question            |
        | its time is over         | 10 seconds pass  |
        | her company is suspended | the operators suspend Acme        |
