//! Dry runs: nothing is revoked, and what is made counts at no time.

use super::*;

#[tokio::test]
async fn a_dry_run_revokes_nothing() {
    let world = World::new();
    let process = world.process().await;
    let dry = || world.context.clone().as_dry_run();
    let token = process.service.issue(&world.context, Issue { user_id: 7 }).await.unwrap().token;
    let verify = || process.verifier.verify(&token, world.sources.clock.now());
    let verified = verify().unwrap();
    let revoke = Revoke { token_id: verified.token_id, expires_at: verified.expires_at };
    process.service.revoke(&dry(), revoke.clone()).await.unwrap();
    process.service.revoke_user(&dry(), RevokeUser { user_id: 7 }).await.unwrap();
    assert!(verify().is_ok(), "in memory");
    process.service.refresh(&world.context).await.unwrap();
    assert!(verify().is_ok(), "in the store");
    process.service.revoke(&world.context, revoke).await.unwrap();
    assert_eq!(verify(), Err(TokenError::Revoked));
}

#[tokio::test]
async fn a_token_of_a_dry_run_counts_at_no_time() {
    let world = World::new();
    let process = world.process().await;
    let token =
        process.service.issue(&world.context.clone().as_dry_run(), Issue { user_id: 7 }).await.unwrap().token;
    assert_eq!(process.verifier.verify(&token, world.sources.clock.now()), Err(TokenError::Expired));
}
