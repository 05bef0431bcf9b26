@enterprise @id-manager
Feature: Ids in the order they were given
  Enterprise customers audit what happened and in which order. Ids that sort by the moment they were given keep lists and
  pages stable, however badly a server's clock behaves.

  Business value:
    Segment: Enterprise
    Goal: Retention
    Impact: Lists and audits show things in the order they happened, whatever the clocks do
    Revenue: enterprise

  @ID-02
  Rule: Ids sort in the order they were given

    @e2e @operations
    Scenario: Dana's threads are listed newest first, whichever of two instances opened them
      Given Dana from Acme has opened the threads "May", "June" and "July" in turn on two instances
      When she lists her threads
      Then they are listed as "July, June, May"

    @e2e @hard @operations
    Scenario: An instance whose ids run more than 10 minutes ahead of its clock takes itself out of service and says why
      Given an instance of the platform is serving
      When its clock is set back by 11 minutes
      Then the instance says within 30 seconds that it is not ready
      And operators read there "ids run 11 minutes ahead of the clock; at most 10 are allowed"

    @e2e @hard @operations
    Scenario: It comes back into service when its clock is right again
      Given an instance of the platform is serving
      And it is out of service since its clock was set back by 11 minutes
      When its clock is set right
      Then the instance says within 30 seconds that it is ready

    @integration
    Scenario Outline: An id dated in the future still finds its thread but decides no order: <case>
      Given a thread was opened between two others by an instance whose clock is <ahead> ahead
      When the threads are listed and the one in the middle is opened by its id
      Then it is found, and the three are listed newest first

      Examples:
        | case                    | ahead       |
        | 10 minutes ahead        | 600 seconds |
        | 10 minutes and 1 second | 601 seconds |
