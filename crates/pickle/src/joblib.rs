//! joblib's extension of the format: after the `BUILD` of a `NumpyArrayWrapper` the raw array follows in the stream
//! (`joblib.numpy_pickle.NumpyArrayWrapper.read_array`).

use crate::graph::{Id, InlineArray, Node};
use crate::machine::Machine;
use crate::{PickleError, Value};

const WRAPPER: &str = "joblib.numpy_pickle.NumpyArrayWrapper";

impl Machine<'_> {
    /// Reads the array behind a wrapper that just got its state.
    pub(crate) fn after_build(&mut self, target: Id) -> Result<(), PickleError> {
        let class = Value::new(&self.graph, self.cursor.bytes(), target).class().unwrap_or_default();
        if class.starts_with("joblib.") && class.ends_with("NDArrayWrapper") {
            return Err(PickleError::OldJoblib { offset: self.at as u64 });
        }
        if class != WRAPPER || self.nested() {
            return Ok(());
        }
        self.joblib_arrays += 1;
        let wrapper = Value::new(&self.graph, self.cursor.bytes(), target);
        let dtype = wrapper.need("dtype")?;
        let dtype_id = dtype.id();
        let element = dtype.dtype()?;
        let shape = wrapper.need("shape")?.shape()?;
        let fortran = wrapper.attr("order").and_then(|order| order.text()).is_some_and(|order| order == "F");
        let padded = wrapper.attr("numpy_array_alignment_bytes").is_some_and(|bytes| !bytes.is_none());
        if element.has_object() {
            return self.enter();
        }
        if padded {
            let padding = self.cursor.uint(1)?;
            self.cursor.take(padding)?;
        }
        let Some(bytes) = element.bytes(&shape) else {
            return self.malformed("an array whose size is not possible");
        };
        let span = self.cursor.span(bytes as u64)?;
        let array = self.add(Node::Inline(Box::new(InlineArray { dtype: dtype_id, shape, fortran, span })))?;
        self.replace_top(array);
        Ok(())
    }
}
