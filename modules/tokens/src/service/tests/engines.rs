//! Every query of the module, on both engines.

use super::*;

testkit::both_backends! {
    /// Keys made, rotated and removed; tokens and users revoked, known elsewhere, and forgotten.
    async fn keys_and_revocations_live_and_go(backend: Backend) {
        let world = World::on(backend);
        let (one, other) = (world.process().await, world.process().await);
        let (token, of_another) = (world.token(&one, 7).await, world.token(&one, 8).await);
        let request = world.revoke_request(&one, &of_another);
        for _ in 0..2 {
            one.service.revoke(&world.context, request.clone()).await.unwrap();
            one.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
        }
        let fresh = world.token(&one, 7).await;
        other.service.refresh(&world.context).await.unwrap();
        assert_eq!(world.check(&other, &token), Err(TokenError::Revoked));
        assert_eq!(world.check(&other, &of_another), Err(TokenError::Revoked));
        assert_eq!(world.check(&other, &fresh), Ok(7));
        assert_eq!(world.rows(&one).await, (1, 1, 1));

        one.service.rotate_keys(&world.context).await.unwrap();
        assert_eq!(world.rows(&other).await, (2, 1, 1));
        world.clock.advance(Duration::from_secs(32 * 24 * 3600));
        other.service.clean(&world.context).await.unwrap();
        assert_eq!(world.rows(&one).await, (1, 0, 0));
    }
}
