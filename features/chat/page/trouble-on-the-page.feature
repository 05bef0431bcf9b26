@chat @websocket-manager
Feature: Trouble on the chat page
  Connections break, limits are reached, answers fail. A page that goes quiet makes people try again and again, or leave; one that
  says what is the matter keeps them.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Whoever cannot go on reads why, in plain words, and what to do
    Revenue: chat

  @WS-19
  Rule: The page says in plain words what is the matter

    @e2e
    Scenario: The eleventh tab is told why it has no connection, and is let in when there is room
      Given Leo from Birch has ten devices open
      When he signs in on the chat page as well
      Then the page says beside "Connection lost" that "You have 10 devices open. Close one first."
      And it is live and says no more when one of them was closed

    @e2e
    Scenario: Whoever has no room for another tab sees the open ones and closes one
      Given Leo from Birch has ten devices open
      And he has found no room for the chat page
      When he looks at his 10 devices on the page and closes the first
      Then the page is live and says no more

    @e2e
    Scenario: Somebody whose access was ended is told so
      Given Dana from Acme has the thread "Q3 spend" open on the chat page, on connections that can break
      When her connection ends because her access was ended
      Then the page tells her "Your access was ended. Ask an administrator of your company." and asks her to sign in

    @e2e @hard @operations
    Scenario: An answer that failed is told in plain words, and asking again helps
      Given an instance of the platform is serving while ClickHouse is unreachable
      And Dana from Acme has the thread "Q3 spend" open on the chat page there
      And she has asked "Where does our money go?" on the page
      And the page has told her that there is no answer: "Your usage data cannot be read right now. Ask again in a moment."
      When ClickHouse is back, and she clicks "Ask again" twice
      Then the page shows the whole story of 2 questions as it is stored
