@chat @websocket-manager
Feature: Private threads
  A thread holds what a person asked about their company's money. Whoever sees one line of somebody else's, or finds a
  deleted one again, stops asking.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A thread is seen by its owner alone, and is gone for good when its owner deletes it
    Revenue: chat

  @WS-04
  Rule: A story is seen only by those it belongs to

    @e2e @hard
    Scenario: While Dana is answered, nothing of it reaches another customer or a colleague
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And Leo from Birch has a laptop open on his own thread "Q3 spend"
      And Ravi from Acme has a laptop open on his own thread "Q3 spend"
      When Dana from Acme asks "Where does our money go?"
      Then Dana's phone shows the whole answer
      And Leo's laptop and Ravi's laptop show nothing

    @e2e @hard
    Scenario Outline: A thread one may not see looks like one that does not exist: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When <person> tries to follow <thread> on a laptop
      Then the laptop is told "thread_not_found" and nothing else

      Examples:
        | case              | person         | thread                     |
        | a colleague's     | Ravi from Acme | Dana's thread "Q3 spend"   |
        | another company's | Leo from Birch | Dana's thread "Q3 spend"   |
        | never created     | Leo from Birch | a thread nobody has opened |

    @e2e @hard
    Scenario: Whoever knows every id of a colleague's thread is answered as for one that never was
      Given Ravi from Acme has a laptop open on his own thread "Team offsite"
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When Ravi from Acme tries every address of Dana's thread "Q3 spend", and asks in it under the id of her message
      Then each answer is the one for a thread that never was

    @e2e
    Scenario: Older threads are found page by page
      Given Dana from Acme has opened the threads "First", "Second" and "Third" one after the other
      When a program of Dana from Acme lists 2 of them, and then those that are older
      Then it reads "Third", "Second" and then only "First"

    @e2e
    Scenario: A deleted thread is gone wherever Dana looks for it
      Given Dana from Acme has a phone open on the thread "Team offsite"
      And she has a laptop open on the thread "Q3 spend"
      When she has the thread "Q3 spend" deleted for good
      Then her list of threads is "Team offsite" and no more
      And opening and reading "Q3 spend" are both refused as "thread_not_found"
      And her laptop is refused as "thread_not_found"

    @e2e @hard
    Scenario: A deleted thread takes everything with it
      Given Ada from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      And she has shared her report
      When she deletes the thread "Q3 spend" with its answers
      Then wherever she looks for it, the answer is the one for a thread that never was
      And nothing stored in PostgreSQL names it any more

    @e2e @hard @operations
    Scenario: A renamed thread has its new title on every device, and a stranger renames nothing
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the same thread through another instance
      When Leo from Birch and then Dana from Acme rename it "Q3 spend, final"
      Then the first is told "thread_not_found", and the second has renamed it
      And her phone and her laptop are told that the thread was renamed
      And her list of threads is "Q3 spend, final" and no more
