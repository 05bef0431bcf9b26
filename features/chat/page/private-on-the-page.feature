@chat @websocket-manager
Feature: Privacy on the chat page
  What is on somebody's page is their company's business. An address that was passed on, or a script that somebody slipped in, must
  show nothing of it.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A page shows its owner's threads to its owner, and to nobody else
    Revenue: chat

  @WS-17
  Rule: The page shows nothing of anybody else's

    @e2e @hard
    Scenario: Leo from another company opens the address of Dana's thread
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page
      And Leo from Birch has signed in on the chat page
      When he opens the address of Dana's page
      Then his page says "There is no such thread."
      And his page lists no thread and tells no story

    @e2e @hard
    Scenario: A script that somebody has put into the page on its way does not run
      Given somebody puts a script into whatever is read from the platform
      When Dana from Acme opens the chat page
      Then the script has not run, because the page forbids it
