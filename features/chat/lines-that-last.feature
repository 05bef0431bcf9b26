@chat @websocket-manager
Feature: Lines that last
  A customer leaves the tab open all day and expects it to be alive, to be theirs alone, and to say so honestly when it
  cannot be. A tab that silently died, or that still shows answers after a sign-out, ends the trust.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A tab is alive exactly as long as its person may watch, and whoever is sent away knows why and when to return
    Revenue: chat

  @WS-01
  Rule: Only an authenticated person is admitted

    @integration
    Scenario Outline: A signed-in person is admitted and told until when, never their token: <case>
      Given Dana has a token that is valid for 10 minutes
      When her phone comes to the door <where>
      Then her phone is welcomed as line of its own, until 10 minutes from now, to be asked every 25 seconds
      And only "chat.v1" is named back, and nothing that was said holds her token

      Examples:
        | case                  | where                        |
        | in the header         | with it in the header            |
        | in capital letters    | with it in the header, as BEARER |
        | as second subprotocol | with it as second subprotocol    |

    @integration @hard
    Scenario Outline: A stranger is refused with the reason, and nothing is opened: <case>
      Given Dana has a token that is valid for 10 minutes
      When her phone comes to the door <how>
      Then her phone is told "<reason>" because "<words>" and closed with 4401
      And nobody is on a line, and 1 was refused

      Examples:
        | case                   | how                        | reason        | words                           |
        | no token               | without a token            | token_missing | Send your token to open a line. |
        | in the address         | with it in the address     | token_missing | Send your token to open a line. |
        | nobody's token         | with a token of nobody     | token_invalid | This is no valid token.         |
        | not as a bearer        | with it as Basic           | token_missing | Send your token to open a line. |
        | behind other words     | with it behind other words | token_missing | Send your token to open a line. |

    @integration
    Scenario Outline: A page is admitted by where it came from: <case>
      Given the pages that may connect are: <listed>
      When Dana's phone comes to the door <from>
      Then the door <answers>

      Examples:
        | case                 | listed                 | from                                | answers |
        | listed               | https://app.example    | from the page https://app.example   | opens |
        | not listed           | https://app.example    | from the page https://evil.example  | stays shut, 403 "origin_refused": This page may not open a line here. |
        | own host not listed  | https://app.example    | from the page https://chat.example  | stays shut, 403 "origin_refused": This page may not open a line here. |
        | own host             | those of the own host  | from the page https://chat.example  | opens |
        | other host           | those of the own host  | from the page https://evil.example  | stays shut, 403 "origin_refused": This page may not open a line here. |
        | nonsense             | those of the own host  | from the page null                  | stays shut, 403 "origin_refused": This page may not open a line here. |
        | a program            | https://app.example    | without a page                      | opens |
        | no chat.v1           | https://app.example    | without offering chat.v1            | stays shut, 400 "subprotocol_missing": Offer the subprotocol "chat.v1". |

    @integration @hard
    Scenario: While auth can vouch for nobody, newcomers are told when to return and open lines stay
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And auth can vouch for nobody
      When her laptop comes to the door
      Then her laptop is told "auth_unavailable", to return after 2 seconds, and closed with 1013
      And her phone stays open for 5 seconds and more

    @integration @hard
    Scenario: An admission that is not decided within 5 seconds is given up
      Given auth has not answered since Dana's phone came to the door
      When 5 seconds pass
      Then her phone is closed with 1013 because "not decided in time"
      And nobody is on a line when auth answers after all

    @integration @hard
    Scenario: What a device says before its welcome is handled after it, once, in the order said
      Given auth has not answered since Dana's phone came to the door
      And her phone has said two messages and then nothing
      When auth answers after all
      Then her phone is welcomed, and both messages reached the agents in order, in her name

    @integration
    Scenario: A line ends with its token
      Given Dana's phone is on a line with a token valid for 10 minutes
      When 10 minutes pass
      Then her phone was open until then, and is told "token_expired" because "This sign-in has expired. Renew it in time, or sign in again." and closed with 4401

    @integration
    Scenario: A device that renews in time stays, and sees no break
      Given Dana's phone is on a line with a token valid for 10 minutes
      And her phone has renewed it for 20 minutes
      When 19 minutes pass
      Then her phone is still open, on the same line, having been welcomed twice

    @integration @hard
    Scenario Outline: Nobody takes over another person's line: <case>
      Given Dana's phone is on a line with a token valid for 10 minutes
      When her phone renews it with a token of <somebody>
      Then her phone is told "other_person" because "This token is somebody else’s." and closed with 4403

      Examples:
        | case                | somebody       |
        | a colleague's       | Ravi from Acme |
        | another company's   | Leo from Birch |

    @integration
    Scenario: A renewal that fails leaves the line as it was
      Given Dana's phone is on a line with a token valid for 10 minutes
      When her phone renews it with a token of nobody
      Then her phone is told "token_invalid" for "r-1", and stays open

    @integration @hard
    Scenario: A sign-out closes the lines of that sign-in within 2 seconds, and no other
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her laptop
      When she signs out on her phone
      Then within 2 seconds her phone is told "session_ended" because "This sign-in has ended. Sign in again." and closed with 4401
      And her laptop is still open

    @integration @hard
    Scenario: A sign-out is noticed after a moment in which nobody could tell
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And auth could vouch for nobody for 3 seconds
      When she signs out on her phone
      Then within 2 seconds her phone is told "session_ended" because "This sign-in has ended. Sign in again." and closed with 4401
      And operators can read why it could not be told

  @WS-07
  Rule: A slow or dead device costs nobody else anything

    @integration @hard
    Scenario Outline: Keeping or closing: <case>
      Given Dana's phone is on a line with a token valid for 2 hours
      When <happens>
      Then her phone is <outcome>

      Examples:
        | case                  | happens                                              | outcome                     |
        | it answers            | 2 minutes pass                                       | open                        |
        | just not yet silent   | her phone falls silent for 34 seconds                | open                        |
        | silent                | her phone falls silent for 35 seconds                | gone without a word         |
        | silent, then back     | her phone falls silent for 30 seconds, then for 30 more | open                     |
        | just not yet idle     | 1,799 seconds pass                                   | open                        |
        | idle                  | 30 minutes pass                                      | closed with 4408 for "idle" |
        | it said something     | 29 minutes pass, her phone says something, 2 more pass | open                      |

    @integration @hard
    Scenario: Whoever only reads is not idle while there is something to read
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When 29 minutes pass, an event is told, 2 more pass
      Then her phone is open

    @integration @hard
    Scenario: A tab that stops reading waits for what is stored, and reads on where it stopped
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has stopped reading
      And 250 long events were told
      When her phone reads again after 20 seconds
      Then her phone is shown events 1 to 250 of the thread

    @integration @hard
    Scenario: A tab that does not read for 30 seconds is closed as overloaded, its owner's other tab goes on
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Q3 spend" on a line of her laptop
      And her phone has stopped reading
      And 250 long events were told
      When her phone reads again after 30 seconds
      Then her phone is closed with 1013 because "the device does not read"
      And her laptop is shown events 1 to 250 of the thread

    @integration @hard
    Scenario: A device that never answers the close is let go after 10 seconds
      Given Dana's phone is on a line with a token valid for 10 seconds
      And her phone has stopped reading
      When 20 seconds pass
      Then nobody is on a line, and 1 was admitted

    @integration
    Scenario: What lines, threads and listeners there are is known, and nothing is left behind
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Team offsite" on a line of her laptop
      When her phone and her laptop leave
      Then before that 2 lines showed 2 threads, and afterwards there is no line, thread or listener left

  @WS-12
  Rule: A deployment is a short pause

    @integration
    Scenario: A draining instance refuses newcomers as restarting and serves the present until they leave
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And the instance is draining
      When her laptop comes to the door
      Then her laptop is told "restarting" because "This instance is restarting." and closed with 1012
      And her phone is asked once to move, and is still shown what is told, until it leaves and the draining is over

    @integration @hard
    Scenario: A device that ignores the request is disconnected at the end
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And the instance is draining
      When the drain limit is reached and the instance stops
      Then the draining ended with 1 of 1 left, and her phone is closed with 1012 because "restarting"
      And nobody is on a line, and 1 was admitted

    @integration @hard
    Scenario: A device that does not even read is cut off when the instance stops
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her phone has stopped reading
      When the instance stops, and 200 milliseconds pass
      Then the instance has stopped, and nobody is on a line

    @integration
    Scenario: An instance that serves nobody has nothing to drain
      Given an instance that nobody is connected to
      When the drain limit has not been reached
      Then its draining is over with nobody asked

    @integration
    Scenario Outline: Moves are spread: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When the instance is draining, and her luck is <luck>
      Then her phone is asked to move in <wait> milliseconds

      Examples:
        | case      | luck | wait |
        | the first | 0    | 100  |
        | half-way  | 0.5  | 2050 |
        | the last  | 1    | 4000 |

    @unit
    Scenario Outline: Return delays follow the advice: <case>
      When people lose their line with <code> and try for the <attempt>. time
      Then they <wait>

      Examples:
        | case              | code | attempt | wait                                     |
        | first try         | 1012 | 1       | wait from 0 up to 500 milliseconds, 250 half-way     |
        | second try        | 1012 | 2       | wait from 0 up to 1000 milliseconds, 500 half-way    |
        | fifth try         | 1006 | 5       | wait from 0 up to 8000 milliseconds, 4000 half-way   |
        | just before the cap | 1013 | 6     | wait from 0 up to 16000 milliseconds, 8000 half-way  |
        | cap               | 1013 | 7       | wait from 0 up to 30000 milliseconds, 15000 half-way |
        | long after        | 1013 | 40      | wait from 0 up to 30000 milliseconds, 15000 half-way |
        | idle              | 4408 | 1       | wait from 0 up to 500 milliseconds, 250 half-way     |
        | after expiry      | 4401 | 1       | do not try again                         |
        | not allowed       | 4403 | 1       | do not try again                         |
