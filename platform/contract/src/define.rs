//! The macro that makes trait, client and dispatcher from one definition.

/// Defines a contract.
///
/// ```
/// # #[derive(Debug, serde::Serialize, serde::Deserialize)] pub struct Get { pub id: i64 }
/// # #[derive(Debug, serde::Serialize, serde::Deserialize)] pub enum GreetError { Call(contract::CallError) }
/// # impl From<contract::CallError> for GreetError { fn from(e: contract::CallError) -> Self { Self::Call(e) } }
/// contract::define! {
///     /// Greets people.
///     pub trait Greetings as "greetings", client GreetingsClient, error GreetError {
///         /// The greeting of one person.
///         query fn get(Get) -> String;
///     }
/// }
/// ```
///
/// gives `trait Greetings`, `struct GreetingsClient` (implements the trait over a [`Wire`](crate::Wire)), the trait for
/// [`Late`](crate::Late), and on
/// `dyn Greetings` the functions `dispatch` and the constants `NAME` and `OPERATIONS`. Requests and answers are
/// serde types; the error takes [`CallError`](crate::CallError) in by `From`.
#[macro_export]
macro_rules! define {
    (
        $(#[$trait_doc:meta])*
        pub trait $Trait:ident as $name:literal, client $Client:ident, error $Error:ty {
            $( $(#[$doc:meta])* $kind:ident fn $operation:ident($Request:ty) -> $Answer:ty; )*
        }
    ) => {
        $(#[$trait_doc])*
        pub trait $Trait: Send + Sync + 'static {
            $( $(#[$doc])*
            fn $operation<'a>(
                &'a self,
                context: &'a $crate::Context,
                request: $Request,
            ) -> $crate::BoxFuture<'a, Result<$Answer, $Error>>; )*
        }

        impl dyn $Trait {
            /// The contract's name on the wire and in the map.
            pub const NAME: &'static str = $name;
            /// Every operation of the contract.
            pub const OPERATIONS: &'static [$crate::Operation] =
                &[$( $crate::Operation { name: stringify!($operation), kind: $crate::define!(@kind $kind) } ),*];

            /// Answers a call that came over a wire; the answer is the operation's own `Result`, as JSON.
            ///
            /// # Errors
            /// [`CallError::Mismatch`]($crate::CallError::Mismatch) when there is no such operation or the request
            /// cannot be read.
            pub async fn dispatch(
                &self,
                context: &$crate::Context,
                operation: &str,
                request: &[u8],
            ) -> Result<Vec<u8>, $crate::CallError> {
                let mismatch = |reason: String| $crate::CallError::Mismatch {
                    contract: $name.to_owned(), operation: operation.to_owned(), reason,
                };
                match operation {
                    $( stringify!($operation) => {
                        let request: $Request =
                            $crate::serde_json::from_slice(request).map_err(|e| mismatch(e.to_string()))?;
                        let answer = self.$operation(context, request).await;
                        $crate::serde_json::to_vec(&answer).map_err(|e| mismatch(e.to_string()))
                    } )*
                    _ => Err(mismatch("no such operation".to_owned())),
                }
            }
        }

        impl $Trait for $crate::Late<dyn $Trait> {
            $( fn $operation<'a>(
                &'a self,
                context: &'a $crate::Context,
                request: $Request,
            ) -> $crate::BoxFuture<'a, Result<$Answer, $Error>> {
                Box::pin(async move { self.target($name)?.$operation(context, request).await })
            } )*
        }

        /// Calls the contract over a wire.
        pub struct $Client {
            wire: std::sync::Arc<dyn $crate::Wire>,
        }

        impl $Client {
            /// A client that calls over `wire`.
            #[must_use]
            pub fn new(wire: std::sync::Arc<dyn $crate::Wire>) -> Self {
                Self { wire }
            }
        }

        impl $Trait for $Client {
            $( fn $operation<'a>(
                &'a self,
                context: &'a $crate::Context,
                request: $Request,
            ) -> $crate::BoxFuture<'a, Result<$Answer, $Error>> {
                Box::pin(async move {
                    let mismatch = |reason: $crate::serde_json::Error| $crate::CallError::Mismatch {
                        contract: $name.to_owned(),
                        operation: stringify!($operation).to_owned(),
                        reason: reason.to_string(),
                    };
                    let request = $crate::serde_json::to_vec(&request).map_err(mismatch)?;
                    let answer = self.wire.call(context, $name, stringify!($operation), request).await?;
                    $crate::serde_json::from_slice::<Result<$Answer, $Error>>(&answer).map_err(mismatch)?
                })
            } )*
        }
    };
    (@kind query) => { $crate::Kind::Query };
    (@kind command) => { $crate::Kind::Command };
}
