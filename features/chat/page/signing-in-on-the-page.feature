@chat @auth
Feature: Signing in on the chat page
  A page that forgets who is there interrupts work, and one that remembers for too long gives it away. People are told
  in a plain sentence where they stand.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: People stay signed in while they work, are out when they leave, and always know which
    Revenue: chat

  @AU-14
  Rule: People on the page know whether they are signed in

    @e2e
    Scenario: A wrong password is told in a plain sentence
      Given Dana from Acme has the chat page open
      When she signs in there with a wrong password
      Then the page tells her "The e-mail or the password is not right." and asks her to sign in

    @e2e
    Scenario: A second factor is asked for where somebody has one
      Given Dana from Acme has set up a second factor
      And Dana from Acme has the chat page open
      When she signs in there, and shows a wrong code
      Then the page says "This code is not right, or was used before."
      And with the code of her app the page lets her in

    @e2e @operations
    Scenario: Somebody signs in on the page with her company's provider
      Given Acme signs in with its own provider, which knows Dana
      When she signs in on the page with her company's provider
      Then the page is live, and its address holds no code

    @e2e @operations @hard
    Scenario: Whoever a provider does not let in is told so on the page
      Given Acme signs in with its own provider, which knows Dana
      When somebody whom it does not know signs in on the page with Dana's provider
      Then the page there says "Your company’s provider did not let you in here. Ask an administrator of your company."

    @e2e
    Scenario: A tab that is reloaded goes on where it was
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "Where does our money go?" on the page
      When she reloads the page
      Then the page shows the whole story as it is stored, and that it is live

    @e2e
    Scenario: A tab that stays open renews its sign-in without a break
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      When 13 minutes pass
      Then the page renews her sign-in and stays live

    @e2e
    Scenario: Whoever signs out is out, and the token of the tab is worth nothing
      Given Dana from Acme has signed in on the chat page
      When she signs out on the page
      Then the page tells her "You have signed out." and asks her to sign in
      And the token of the page is refused as "session_ended"

    @e2e
    Scenario: A link that is opened in a new tab keeps the sign-in
      When Dana from Acme has signed in and opened a link in a new tab
      Then the other tab is signed in

    @e2e
    Scenario: Signing out ends every tab of the browser
      Given Dana from Acme has signed in and opened a link in a new tab
      And the other tab is signed in
      When she signs out on the page
      Then the other tab tells her "You have signed out in another tab." and asks her to sign in
      And the token of the page is refused as "session_ended"

    @e2e
    Scenario: Nothing that was written outlasts the sign-in
      Given Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has written "Who spends most?" in "Q3 spend" without asking it
      When she signs out on the page, and in again
      Then nothing is written in "Q3 spend"

    @e2e @hard
    Scenario: A sign-in that was ended elsewhere does not come back by itself
      Given Dana from Acme has signed in on the chat page
      When the sign-in of the page is ended elsewhere
      Then the page tells her "Your sign-in has ended. Sign in again to go on where you were." and asks her to sign in
