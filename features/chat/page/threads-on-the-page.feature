@chat @websocket-manager
Feature: Threads on the chat page
  People come back to what they have asked, on whichever device they asked it. A thread that is missing from the list,
  or still there after it was deleted, makes them doubt the rest.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Every thread is listed once, under the title its owner gave it, on every tab, and what is shared is there to see
    Revenue: chat

  @WS-20
  Rule: The page lists every thread once

    @e2e
    Scenario: Threads beyond the first fifty are shown when they are asked for
      Given Dana from Acme has 52 threads
      And she has signed in on the chat page
      When she clicks "Show older threads" twice
      Then the page lists 52 threads, each once

    @e2e
    Scenario: A thread that was made elsewhere appears
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When a program of Dana from Acme opens the thread "Q4 plan"
      Then the page lists the threads "Q4 plan, Q3 spend"

    @e2e
    Scenario: A renamed thread has its new title in every tab
      Given Dana from Acme has the thread "Q3 spend" open on the chat page in two tabs of one browser
      When she renames the thread "Q3 spend, final"
      Then the other tab shows the title "Q3 spend, final", in its list too

    @e2e
    Scenario: A deleted thread is gone from every tab, after its owner has confirmed it
      Given Dana from Acme has the thread "Q3 spend" open on the chat page in two tabs of one browser
      And she has asked to delete the thread and decided to keep it
      And the page lists the thread "Q3 spend"
      When she deletes the thread on the page
      Then the other tab says "This thread was deleted."
      And the other tab lists no thread and tells no story

    @e2e
    Scenario: A report is shared by a button, found by colleagues, and taken back
      Given Ada from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page, and has shared the answer
      And Ravi from Acme has signed in on the chat page
      And the shared reports on the page of Ravi from Acme are 1, with "Where does our money go?"
      When Ada from Acme stops sharing the answer on the page
      Then the page of Ravi from Acme says that nobody has shared a report

    @e2e
    Scenario: A report that is taken back in the list is private in its thread, too
      Given Ada from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page, and has shared the answer
      When she stops sharing the answer in the list of shared reports
      Then the page says "Only you can see this report." below the answer

    @e2e
    Scenario: Whoever shares with the keyboard goes on where they were
      Given Ada from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page, and has shared the answer
      When she stops sharing the answer on the page
      Then the keyboard is at the button "Share with Acme"
