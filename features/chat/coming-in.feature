@chat @websocket-manager
Feature: Coming in
  A customer's line shows their company's figures. It opens to them at once, to nobody else, and ends the moment they may no
  longer watch; whoever is sent away is told why, and whoever tries too often waits.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A line belongs to one signed-in person for exactly as long as they may watch, on every instance
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
      And no part of a token was said, named back or written down

      Examples:
        | case                   | how                        | reason        | words                           |
        | no token               | without a token            | token_missing | Authentication required: send a bearer token. |
        | asking for a test user | with a header that asks for a test user | token_missing | Authentication required: send a bearer token. |
        | in the address         | with it in the address     | token_in_url  | Tokens in the URL are not accepted. Sign out there, and send a new one as a header. |
        | in the address as well | with it in the address and in the header | token_in_url  | Tokens in the URL are not accepted. Sign out there, and send a new one as a header. |
        | another name for it    | with it in the address as its authorisation | token_in_url  | Tokens in the URL are not accepted. Sign out there, and send a new one as a header. |
        | nobody's token         | with a token of nobody     | token_invalid | This is no valid token.         |
        | not as a bearer        | with it as Basic           | token_missing | Authentication required: send a bearer token. |
        | behind other words     | with it behind other words | token_missing | Authentication required: send a bearer token. |
        | before other words     | with it before other words | token_missing | Authentication required: send a bearer token. |

    @integration
    Scenario Outline: A page is admitted by where it came from: <case>
      Given the pages that may connect are: <listed>
      When Dana's phone comes to the door <from>
      Then the door <answers>

      Examples:
        | case                 | listed                 | from                                | answers |
        | listed               | https://app.example    | from the page https://app.example   | opens |
        | not listed           | https://app.example    | from the page https://evil.example  | closes with 4403 "origin_not_allowed": Pages from this origin may not connect. |
        | own host not listed  | https://app.example    | from the page https://chat.example  | closes with 4403 "origin_not_allowed": Pages from this origin may not connect. |
        | own host             | those of the own host  | from the page https://chat.example  | opens |
        | other host           | those of the own host  | from the page https://evil.example  | closes with 4403 "origin_not_allowed": Pages from this origin may not connect. |
        | nonsense             | those of the own host  | from the page null                  | closes with 4403 "origin_not_allowed": Pages from this origin may not connect. |
        | a program            | https://app.example    | without a page                      | opens |
        | no chat.v1           | https://app.example    | without offering chat.v1            | stays shut, 400 "subprotocol_required": Offer the subprotocol "chat.v1". |

    @integration @hard
    Scenario Outline: While auth can vouch for nobody, newcomers are told when to return and open lines stay: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And auth <fault>
      When her laptop comes to the door
      Then her laptop is told "auth_unavailable", to return after <wait>, and closed with 1013
      And her phone stays open for 5 seconds and more
      And her tablet is welcomed once auth is well again

      Examples:
        | case             | fault                                  | wait      |
        | away             | can vouch for nobody                   | 2 seconds |
        | away, for how long is not known | can vouch for nobody, nor say for how long | 1 second |
        | broken           | fails in a way that nobody foresaw     | 1 second  |

    @integration
    Scenario: Whoever comes while an instance is still starting is told when to return
      Given an instance that is still starting
      When Dana's phone comes to the door with it in the header
      Then her phone is told "not_ready" because "This instance is still starting." and closed with 1013
      And her phone is told "not_ready", to return after 1 second, and closed with 1013
      And only "chat.v1" is named back, and nothing that was said holds her token

    @integration @hard
    Scenario: An admission that is not decided within 5 seconds is given up
      Given auth has not answered since Dana's phone came to the door
      When 5 seconds pass
      Then her phone is closed with 1013 because "auth_unavailable"
      And it was told to return after 1 second
      And nobody is on a line when auth answers after all

    @integration @hard
    Scenario: What a device says before its welcome is handled after it, once, in the order said
      Given auth has not answered since Dana's phone came to the door
      And her phone has said two messages and then nothing
      When auth answers after all
      Then her phone is welcomed, and both messages reached the agents in order, in her name

    @integration
    Scenario: A line ends with its token
      Given Redis is out of reach
      And Dana's phone is on a line with a token valid for 10 minutes
      When 10 minutes pass
      Then her phone was open until then, and is told "token_expired" because "This sign-in has expired. Renew it in time, or sign in again." and closed with 4401

    @integration @hard
    Scenario: A token that expires in the middle of an answer ends the line, not the answer
      Given Dana's phone is on a line with a token valid for 30 seconds
      And her phone follows her thread "Q3 spend" too
      And her agent has handed in: the question, the start
      When 30 seconds pass, and then her agent hands in: a thought, the report
      Then her phone was shown events 1 to 2, and then told "token_expired" and closed with 4401
      And after signing in again her phone is shown events 3 to 4, the rest

    @integration
    Scenario: A device that renews in time stays, and sees no break
      Given Redis is out of reach
      And Dana's phone is on a line with a token valid for 10 minutes
      And her phone has renewed it for 20 minutes
      When 19 minutes pass
      Then her phone is still open, on the same line, having been welcomed twice

    @integration @hard
    Scenario: A device that renews acts from then on with the rights its person has now
      Given Dana's phone is on a line with a token valid for 10 minutes
      And she was given the right to publish reports since
      When her phone renews it for 20 minutes and asks "Why so much?"
      Then the agents may chat and publish reports in her name

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
    Scenario Outline: A sign-out closes that sign-in's lines on another instance within 2 seconds, and no other: <case>
      Given Dana watches the thread "Q3 spend" on a line of her laptop
      And she watches it on her phone through another instance as well
      And Redis is <reach>
      When she signs out on her phone
      Then within 2 seconds her phone is told "session_ended" because "This sign-in has ended. Sign in again." and closed with 4401
      And her laptop is still open

      Examples:
        | case              | reach        |
        | all well          | within reach |
        | Redis unreachable | out of reach |

    @integration @hard
    Scenario: A sign-out is noticed after a moment in which nobody could tell
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And auth could vouch for nobody for 3 seconds
      When she signs out on her phone
      Then within 2 seconds her phone is told "session_ended" because "This sign-in has ended. Sign in again." and closed with 4401
      And operators can read why it could not be told

    @integration
    Scenario Outline: A person closes one of their own devices from another one: <case>
      Given Dana has a phone open, and a laptop through another instance
      When <who> closes <which> from the first instance
      Then the answer is "<answer>", and <open> still open

      Examples:
        | case                 | who  | which             | answer  | open                     |
        | here                 | Dana | her phone         | closed  | her laptop is            |
        | on another instance  | Dana | her laptop        | asked   | her phone is             |
        | a colleague tries    | Ravi | Dana's phone      | unknown | her phone and laptop are |
        | another company      | Leo  | Dana's laptop     | unknown | her phone and laptop are |
        | never opened         | Dana | a device not open | unknown | her phone and laptop are |

    @integration @hard
    Scenario Outline: Whoever loses their access loses their lines on all instances, and nobody else: <case>
      Given Dana has a phone open, and a laptop through another instance
      And Ravi has a tablet open
      And Leo has a tablet open
      When the access of <whom> is ended
      Then <closed> on the first instance are closed
      And of all devices <open> still open, and the others were told "<reason>" and closed with <close>

      Examples:
        | case           | whom             | closed | open                                     | reason         | close |
        | a sign-in      | Dana's phone     | 1      | Dana's laptop, Ravi's tablet, Leo's tablet are | session_ended | 4401 |
        | a sign-in elsewhere | Dana's laptop | 0     | Dana's phone, Ravi's tablet, Leo's tablet are | session_ended | 4401 |
        | a person       | Dana             | 1      | Ravi's tablet, Leo's tablet are          | access_revoked | 4403  |
        | a company      | Dana's company   | 2      | Leo's tablet is                          | access_revoked | 4403  |

    @integration @hard
    Scenario: A suspended company loses its lines although no word of it came, and nobody else does
      Given Redis is out of reach
      And Dana has a phone open, and a laptop through another instance
      And Leo has a tablet open
      When auth has vouched for nobody of Dana's company for 2 seconds, and her tablet comes to the door
      Then of all devices Leo's tablet is still open, and the others were told "access_revoked" and closed with 4403

    @integration @hard
    Scenario: An instance that could hear no word about lines to close asks again until it can
      Given Redis is out of reach
      And Dana has a phone open, and a laptop through another instance
      And operators could read that others could not be told when the access of Dana's phone was ended
      When the access of Dana is ended after Redis has been within reach for 1 second
      Then of all devices none is still open

    @integration @hard
    Scenario: A flood of bad tokens makes only its address wait, and a valid token is admitted even from there
      Given 10 devices with bad tokens came from the address 203.0.113.66
      When a device with a bad token comes from that address, and from another one
      Then they are answered "rate_limited, 60000, 4429" and "token_invalid, 4401"
      And Dana is welcomed from that address, too

    @integration @hard
    Scenario Outline: Whom somebody comes from is what a load balancer says of them, and nobody else: <case>
      Given the load balancers are at: <listed>
      And 10 devices with bad tokens came through <way>, forwarded for "<failed>"
      When one more bad token comes through <way>, forwarded for "203.0.113.66", and for "203.0.113.66, 203.0.113.99"
      Then they are answered "<from there>" and "<from elsewhere>"

      Examples:
        | case                | listed               | way          | failed                 | from there                | from elsewhere            |
        | a load balancer     | 192.0.2.1, 10.0.0.0/8 | 10.1.2.3    | 203.0.113.66           | rate_limited, 60000, 4429 | token_invalid, 4401       |
        | behind two of them  | 192.0.2.1, 10.0.0.0/8 | 10.1.2.3    | 203.0.113.66, 192.0.2.1 | rate_limited, 60000, 4429 | token_invalid, 4401      |
        | forged on the way   | 192.0.2.1, 10.0.0.0/8 | 10.1.2.3    | 203.0.113.99, 203.0.113.66 | rate_limited, 60000, 4429 | token_invalid, 4401   |
        | forged by a device  | 192.0.2.1, 10.0.0.0/8 | 198.51.100.7 | 203.0.113.7           | rate_limited, 60000, 4429 | rate_limited, 60000, 4429 |
        | nobody is trusted   | none                 | 10.1.2.3     | 203.0.113.7            | rate_limited, 60000, 4429 | rate_limited, 60000, 4429 |

    @integration @hard
    Scenario: Those who are let in do not count as tries, and those who fail for any reason do
      Given 40 people of one address were let in
      And 30 devices of that address failed: without a token, with one in the address, from a page that may not connect
      When a device without a token comes from that address, and from another one
      Then they are answered "rate_limited, 60000, 4429" and "token_missing, 4401"
      And Dana is welcomed from that address, too
