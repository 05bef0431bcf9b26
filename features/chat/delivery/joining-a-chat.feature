@chat @websocket-manager
Feature: Joining a chat
  A live connection shows a company's figures. It opens to whoever may see them, at once, and to nobody else; it ends the
  moment they may no longer watch, and whoever is sent away is told why.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A connection belongs to one signed-in person for exactly as long as they may watch, on every instance
    Revenue: chat

  @WS-01
  Rule: Only an authenticated person is admitted

    @e2e
    Scenario: A signed-in person is admitted and told until when, never their token
      When Dana from Acme connects a phone
      Then her phone is told how long it may stay, and nothing of her token

    @e2e @hard
    Scenario Outline: A stranger is refused with the reason: <case>
      Given Dana from Acme has signed in
      When somebody connects <how>
      Then the connection is refused as "<reason>"

      Examples:
        | case           | how                           | reason             |
        | no token       | without a token               | token_missing      |
        | a false token  | with a token of nobody        | token_invalid      |
        | in the address | with her token in the address | token_in_url       |
        | a foreign page | from the page of somebody else | origin_not_allowed |

    @e2e @hard
    Scenario: A flood of bad tokens makes only its address wait, and a valid token is admitted even from there
      Given somebody has connected 10 times with a bad token
      When somebody connects with a bad token from there and from elsewhere
      Then the last two attempts are refused as "rate_limited" and "token_invalid"
      And Dana from Acme is admitted from there

    @e2e @operations @hard
    Scenario: While sign-ins cannot be checked, newcomers are told when to return and open devices stay
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And PostgreSQL has been unreachable for 2 seconds
      When she connects one more device there
      Then the connection is refused as "auth_unavailable", to come back after 1 second
      And her phone is still connected

    @e2e @operations @hard
    Scenario: A sign-out closes the devices of that sign-in on another instance, also while Redis is away
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has signed in on a laptop and a phone there
      And Redis has become unreachable
      When she ends the sign-in of her laptop
      Then within 2 seconds the live connection of her laptop is closed
      And her phone goes on

    @e2e @operations @hard
    Scenario: A sign-in that expires closes the device, not the answer
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And 15 minutes have passed
      When she asks "Where does our money go?" on a laptop elsewhere
      Then her phone is disconnected as "token_expired"
      And her phone shows the whole answer once it has signed in again

    @e2e @operations
    Scenario: A device that renews in time sees no break
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And 10 minutes have passed
      And her phone has renewed its sign-in there
      When 10 minutes pass
      Then her phone is still connected
