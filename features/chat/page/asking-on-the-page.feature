@chat @websocket-manager
Feature: Asking on the chat page
  Whoever has written a question believes that it is on its way. A page that loses it without a word, asks it twice or
  asks it in the wrong place makes people write everything down elsewhere first.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: What somebody has written on the page is asked once, where it was meant, or stays there with the reason
    Revenue: chat

  @WS-18
  Rule: What somebody writes on the page is kept until it has arrived, and asked once

    @e2e @hard
    Scenario: A question asked while the connection is down is kept, and asked once the connection is back
      Given Dana from Acme has the threads "Q4 plan" and "Q3 spend" on the chat page, on connections that can break
      And she has asked "Where does our money go?" there while the connection was down
      And she has looked into the thread "Q4 plan", come back to "Q3 spend" and reloaded the page
      And the page has told her that "Where does our money go?" is not sent yet
      When the connection is back
      Then the page shows the whole story as it is stored, and that it is live

    @e2e
    Scenario: A draft stays in its thread
      Given Dana from Acme has the threads "Q4 plan" and "Q3 spend" on the chat page
      When she writes "Who spends most?" in "Q3 spend" without asking it
      Then nothing is written in "Q4 plan"
      And "Who spends most?" is written in "Q3 spend"

    @e2e
    Scenario Outline: What cannot be asked stays where it was written, with the reason: <case>
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When she asks <question> on the page
      Then the page says "<reason>"
      And what she wrote is still there, and nothing was asked

      Examples:
        | case     | question                        | reason                                                             |
        | too long | a question of 8,001 characters  | A question has at most 8,000 characters; this one has 8,001. |
        | blank    | a question of blanks            | Write a question first.                                            |
        | nothing to see | a question of invisible characters | Write a question first.                                   |

    @e2e @hard
    Scenario: A question that was refused is kept with the reason, and can be asked again
      Given Dana from Acme has the thread "Q3 spend" open on the chat page, on connections that can break
      And her question "Where does our money go?" was refused there while she wrote the next one
      When she presses "Ask again" on the page
      Then the page shows the whole story as it is stored

    @e2e @hard
    Scenario: What is clicked twice happens once
      Given Dana from Acme has signed in on the chat page
      When she clicks twice on "Where does our money go?", which is offered to begin with
      Then the page shows the whole story as it is stored
      And the page lists the thread "Where does our money go?"

    @e2e
    Scenario: Whoever has asked nothing yet is offered a question on a phone, too
      Given Dana from Acme has signed in on the chat page of a phone
      When she clicks twice on "Where does our money go?", which is offered to begin with
      Then the page shows the whole story as it is stored

    @e2e
    Scenario: Dana asks without naming a thread first
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When she asks "Where does our money go?" without opening a thread
      Then the page shows the whole story as it is stored
      And the page lists the threads "Where does our money go?, Q3 spend"

    @e2e @hard
    Scenario: The Enter that ends an input method's word asks nothing
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When an input method's Enter ends the word "コスト" in her question
      Then "コスト" is written there, and nothing was asked

    @e2e @hard
    Scenario: With storage blocked the page works, and only a reload loses something
      Given browsers keep nothing for pages
      And Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page
      And the page shows the whole story as it is stored, and that it is live
      When she reloads the page
      Then the page asks her to sign in, without a complaint
