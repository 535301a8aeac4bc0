//! Compiles patterns: first into a tree with one branch a segment, then, by subset construction, into states in
//! which every place of the tree that a path may have reached is taken into account at once. That is what makes
//! backtracking needless: with `/a/{x}/c` and `/a/b/d`, the path `/a/b` leads to the state {below `b`, below `{x}`}.

use super::RouteIndex;
use super::automaton::{State, StateIndex};
use crate::pattern::{Pattern, Segment};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most edges of all automata. Routes as people write them need about one an edge of the tree; only patterns
/// that mix literals and parameters at many depths multiply them.
const EDGES_MAX: usize = 1_000_000;

/// How many edges have been made.
#[derive(Debug, Default)]
pub(super) struct Budget {
    edges: usize,
}

impl Budget {
    fn spend(&mut self, edges: usize) -> Result<(), TooManyStates> {
        self.edges += edges;
        if self.edges > EDGES_MAX { Err(TooManyStates) } else { Ok(()) }
    }
}

/// The patterns overlap in too many ways to be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the patterns overlap in too many ways: the compiled matcher would have more than {EDGES_MAX} edges")]
pub struct TooManyStates;

/// A place in the tree of patterns.
#[derive(Default)]
struct Node<'p> {
    literals: BTreeMap<&'p str, usize>,
    param: Option<usize>,
    /// Routes whose pattern ends here.
    end: Vec<RouteIndex>,
    /// Routes whose pattern takes everything from here.
    rest: Vec<RouteIndex>,
}

/// One of the places that a path may have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// At this node.
    At(usize),
    /// Beyond this node, held by its `{rest..}`.
    Beyond(usize),
}

struct Tree<'p> {
    nodes: Vec<Node<'p>>,
}

/// Compiles the patterns; the first state is where every path starts.
pub(super) fn states<'p>(
    patterns: impl Iterator<Item = (RouteIndex, &'p Pattern)>,
    budget: &mut Budget,
) -> Result<Vec<State>, TooManyStates> {
    Builder::new(Tree::new(patterns), budget).build()
}

impl<'p> Tree<'p> {
    fn new(patterns: impl Iterator<Item = (RouteIndex, &'p Pattern)>) -> Self {
        let mut tree = Self { nodes: vec![Node::default()] };
        for (route, pattern) in patterns {
            tree.insert(route, pattern);
        }
        tree
    }

    fn insert(&mut self, route: RouteIndex, pattern: &'p Pattern) {
        let mut at = 0;
        for segment in pattern.segments() {
            let fresh = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { return };
            at = match segment {
                Segment::Literal(literal) => *node.literals.entry(literal).or_insert(fresh),
                Segment::Param => *node.param.get_or_insert(fresh),
                Segment::Rest => return node.rest.push(route),
            };
            if at == fresh {
                self.nodes.push(Node::default());
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.end.push(route);
        }
    }

    fn node(&self, place: Place) -> Option<&Node<'p>> {
        match place {
            Place::At(node) | Place::Beyond(node) => self.nodes.get(node),
        }
    }

    /// The literals that lead on from any of the places; the empty one, a trailing slash, is not among them.
    fn literals(&self, places: &[Place]) -> BTreeSet<&'p str> {
        let at = places.iter().filter(|place| matches!(place, Place::At(_)));
        at.filter_map(|place| self.node(*place))
            .flat_map(|node| node.literals.keys().copied())
            .filter(|literal| !literal.is_empty())
            .collect()
    }

    /// The places after one more segment, in order of precedence: what came first stays first, and of one place,
    /// the literal goes before the parameter and that before the rest.
    fn step(&self, places: &[Place], literal: Option<&str>) -> Vec<Place> {
        let mut next = Vec::new();
        for &place in places {
            let (Place::At(index), Some(node)) = (place, self.node(place)) else {
                next.push(place);
                continue;
            };
            next.extend(literal.and_then(|literal| node.literals.get(literal)).map(|at| Place::At(*at)));
            next.extend(node.param.map(Place::At));
            if !node.rest.is_empty() {
                next.push(Place::Beyond(index));
            }
        }
        next
    }

    /// The routes of a path that ends at these places, best first.
    fn ends(&self, places: &[Place]) -> Box<[RouteIndex]> {
        self.routes(places, |node| Some(&node.end))
    }

    /// The routes of a path that ends at these places with a slash, best first.
    fn slashes(&self, places: &[Place]) -> Box<[RouteIndex]> {
        self.routes(places, |node| {
            node.literals.get("").and_then(|at| self.nodes.get(*at)).map(|node| &node.end)
        })
    }

    fn routes<'t>(
        &'t self,
        places: &[Place],
        ending: impl Fn(&'t Node<'p>) -> Option<&'t Vec<RouteIndex>>,
    ) -> Box<[RouteIndex]> {
        let mut routes = Vec::new();
        for &place in places {
            let Some(node) = self.node(place) else { continue };
            if matches!(place, Place::At(_)) {
                routes.extend(ending(node).into_iter().flatten());
            }
            routes.extend(&node.rest);
        }
        routes.into_boxed_slice()
    }
}

/// Subset construction: a state is a list of places, made once.
struct Builder<'p, 'b> {
    tree: Tree<'p>,
    known: HashMap<Vec<Place>, StateIndex>,
    /// Places of the states, in the order of their numbers; those beyond `states` are still to be made.
    places: Vec<Vec<Place>>,
    budget: &'b mut Budget,
}

impl<'p, 'b> Builder<'p, 'b> {
    fn new(tree: Tree<'p>, budget: &'b mut Budget) -> Self {
        Self { tree, known: HashMap::new(), places: Vec::new(), budget }
    }

    fn build(mut self) -> Result<Vec<State>, TooManyStates> {
        let mut states = Vec::new();
        self.number(vec![Place::At(0)]);
        while let Some(places) = self.places.get(states.len()).cloned() {
            states.push(self.state(&places)?);
        }
        Ok(states)
    }

    fn state(&mut self, places: &[Place]) -> Result<State, TooManyStates> {
        let mut state =
            State { here: self.tree.ends(places), slash: self.tree.slashes(places), ..State::default() };
        for literal in self.tree.literals(places) {
            if let Some(next) = self.edge(places, Some(literal))? {
                state.literals.insert(literal.as_bytes().into(), next);
            }
        }
        state.other = self.edge(places, None)?;
        Ok(state)
    }

    /// The number of the state that one more segment leads to; `None` when nothing can match any more.
    fn edge(&mut self, places: &[Place], literal: Option<&str>) -> Result<Option<StateIndex>, TooManyStates> {
        let next = self.tree.step(places, literal);
        if next.is_empty() {
            return Ok(None);
        }
        self.budget.spend(next.len())?;
        Ok(Some(self.number(next)))
    }

    fn number(&mut self, places: Vec<Place>) -> StateIndex {
        if let Some(&known) = self.known.get(&places) {
            return known;
        }
        let number = StateIndex::try_from(self.places.len()).unwrap_or(StateIndex::MAX);
        self.known.insert(places.clone(), number);
        self.places.push(places);
        number
    }
}
