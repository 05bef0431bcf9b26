@chat @websocket-manager
Feature: Watching an answer on the chat page
  Most customers never write a line of code against us. The page is the product that they see: an answer that arrives
  in half, twice or on somebody else's screen is a reason to leave.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Whoever opens the page in a browser sees each answer being made, whole and once, on every tab
    Revenue: chat

  @WS-16
  Rule: The page shows what is told, once and in order

    @e2e
    Scenario: Dana asks on the page and watches her answer arrive
      Given Acme has a month of AI usage
      And Dana from Acme has the thread "Q3 spend" open on the chat page
      When she asks "How can we cut our AI spending?" on the page
      Then the page shows the question, each thought, each reading with its result, and the report, as they are stored
      And the report on the page says how much can be saved

    @e2e @hard
    Scenario: Two tabs show the same story
      Given Dana from Acme has the thread "Q3 spend" open on the chat page in two tabs
      When she asks "Where does our money go?" on the page
      Then both tabs show the whole story as it is stored

    @e2e @hard @operations
    Scenario: The network breaks in the middle of an answer, and nothing is missing or doubled when it is back
      Given Dana from Acme has the thread "Q3 spend" open on the chat page, behind a network that can break
      And the network has broken half-way through the answer to "Where does our money go?"
      When the network is back
      Then the page shows the whole story as it is stored, and that it is live

    @e2e @hard
    Scenario Outline: What a connection doubles or drops is shown whole, and once: <case>
      Given Dana from Acme has the thread "Q3 spend" open on the chat page, on connections that can break
      When she asks "Where does our money go?" on the page, and <case>
      Then the page shows the whole story as it is stored, and that it is live

      Examples:
        | case                      |
        | everything is told twice  |
        | one event is never told   |

    @e2e @hard @operations
    Scenario: While an instance restarts, the old connection serves until the new one stands
      Given Dana from Acme has the thread "Q3 spend" open on the chat page, behind a front door
      And another instance has taken the place of hers, and her new connection does not stand yet
      And she has been answered "Where does our money go?" on the page
      When the new connection stands, and she asks "What did the last week cost?"
      Then the page shows the whole story of 2 questions as it is stored
      And the page has left the old connection for the new one

    @e2e
    Scenario: A thread opens with its newest answer in view
      Given Acme has a month of AI usage
      And Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" and "What did the last week cost?" on the page
      When she reloads the page
      Then the beginning of the newest answer is in view, and typing writes a question
      And the two reports are called by their questions

    @e2e @hard
    Scenario: A question is written in the direction of its script
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When she asks "كم ننفق على الذكاء الاصطناعي؟" on the page
      Then the page shows the whole story as it is stored
      And the question is written from right to left, the title from left to right

    @e2e @hard
    Scenario: A question that contains markup is read as it was written
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When she asks "<img src=x onerror=alert(1)><b>What</b> do we spend on AI?" on the page
      Then the page shows the whole story as it is stored
      And nothing on the page was made from the markup

    @e2e @hard @operations
    Scenario: An answer that hangs is stopped on the page
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has the thread "Q3 spend" open on the chat page there
      And she has asked "Where does our money go?" and "What did the last week cost?" on the page
      And the page has said "Waiting: 1 question had to end first at "
      When she stops the answer
      Then the page says "You stopped this answer before it was finished."
