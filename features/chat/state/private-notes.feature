@chat @state-manager
Feature: Working notes that nobody else can reach
  An assistant's notes hold what a customer told it in confidence. One look at somebody else's ends the contract, so no
  spelling, no list and no copied byte leads to them.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A customer's working notes are read and changed by that customer alone
    Revenue: chat

  @ST-03
  Rule: Nobody reaches anybody else's state

    @integration @hard
    Scenario: Acme and Birch use the same thread under 200 simultaneous writes and each reads only its own
      When Dana from Acme and Leo from Birch write 200 entries into the thread "Q3 spend", all at once
      Then Dana finds there 100 entries of Dana and none of anybody else
      And Leo finds there 100 entries of Leo and none of anybody else

    @integration @hard
    Scenario Outline: Whatever others do, nothing of Dana's is shown or touched: <case>
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When <who> <does> the thread "Q3 spend"
      Then they are shown nothing
      And Dana finds "compare prices" in the thread "Q3 spend"

      Examples:
        | case                         | who            | does       |
        | a colleague looks at it      | Ravi from Acme | looks into |
        | somebody else's list         | Leo from Birch | lists      |
        | somebody else's clearing     | Leo from Birch | clears     |

    @integration
    Scenario: What the company shares is read by every colleague, and changed only with the right to do so
      Given Ada from Acme has shared "prices of July" with her company
      When Dana from Acme shares "prices of May" with her company
      Then she is refused because that needs the right "settings:write"
      And what Dana reads of it is still "prices of July"

    @integration @hard
    Scenario: Neither store's raw bytes contain Dana's words
      Given Dana from Acme has settled on "confidential-margin" in the thread "Q3 spend"
      When everything that Redis and PostgreSQL hold of Dana's company is searched
      Then her thread is found there, and "confidential-margin" is not

    @integration @hard
    Scenario: Dana's bytes do not open where Ravi's stand
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      And Dana's stored bytes were copied over Ravi's
      When Ravi from Acme looks into the thread "Q3 spend"
      Then he is refused because what stands there is damaged
