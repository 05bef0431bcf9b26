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
      When Dana from Acme and Leo from Birch write 200 entries into a thread of the same name, all at once
      Then Dana finds there 100 entries of Dana and none of anybody else
      And Leo finds there 100 entries of Leo and none of anybody else

    @integration
    Scenario: A colleague at Acme finds nothing of Dana's private state
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When Ravi from Acme looks into the thread "Q3 spend"
      Then Ravi finds nothing there

    @integration @hard
    Scenario Outline: Whatever Leo does, nothing of Acme's is shown or touched: <case>
      Given Dana from Acme has noted "compare prices" and "ask Ada" in the thread "Q3 spend"
      And she has listed the first page of the thread "Q3 spend"
      When Leo from Birch <case> under the name "Q3 spend"
      Then nothing is shown to him
      And Dana finds both her notes in the thread "Q3 spend"

      Examples:
        | case                   |
        | lists the thread       |
        | reads many at once     |
        | clears the thread      |
        | clears Dana's state    |
        | uses Dana's page mark  |

    @integration @hard
    Scenario: Leo hears nothing of what changes at Acme
      Given Leo from Birch and Dana from Acme listen to their own changes
      When Dana from Acme notes "compare prices" in the thread "Q3 spend"
      Then Dana is told of 1 change and Leo of none

    @integration @hard
    Scenario Outline: A name built to look like another one reaches only its own entry: <case>
      When Dana from Acme keeps entries under a name with <case> and under the name it looks like
      Then each of the two is found as it was kept

      Examples:
        | case           |
        | a colon        |
        | a slash        |
        | braces         |
        | a percent sign |
        | a tilde        |
        | a line break   |

    @unit @hard
    Scenario Outline: Without a verified identity every request is refused before Redis is asked: <case>
      Given an instance that has not asked Redis for anything
      When somebody with <case> reads, writes, lists, clears, listens and wakes
      Then each of these 6 is refused as "context_unverified"
      And Redis has not been asked

      Examples:
        | case                        |
        | no identity                 |
        | the name of a person alone  |
        | a look-alike of an identity |

    @integration
    Scenario: What the company shares is read by every colleague
      Given Ada from Acme has shared "prices of July" with her company
      When Dana from Acme looks at what her company shares
      Then she reads "prices of July"

    @integration
    Scenario: Changing what the company shares takes the permission
      Given Ada from Acme has shared "prices of July" with her company
      When Dana from Acme tries to share "prices of May" with her company
      Then this is refused as "state_forbidden" because "settings:write"
      And Ada still reads "prices of July" as shared

    @integration @hard
    Scenario: Redis' raw bytes contain none of Dana's words
      Given Dana from Acme has noted "confidential-margin" in the thread "Q3 spend"
      When everything Redis holds of her company is searched
      Then "confidential-margin" is not found, while her thread is

    @integration @hard
    Scenario: Dana's bytes copied under Ravi's key do not open
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      When Dana's stored bytes are copied to where Ravi's stand, and Ravi reads them
      Then this is refused as "state_corrupted"
