LOCK := uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# PyTorch and the CUDA packages that its newest builds ask for stay out of the lock; see handoff/demo/environments.py
NOT_LOCKED := torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti \
  nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver \
  nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx
NOT_EMITTED := $(addprefix --no-emit-package ,$(NOT_LOCKED))

.PHONY: lock
lock:
	$(LOCK) --python-version 3.11 $(NOT_EMITTED) -o requirements.lock pyproject.toml
	$(LOCK) --python-version 3.11 $(NOT_EMITTED) -c requirements.lock --group dev -o requirements-dev.lock pyproject.toml
	echo 'numpy==1.23.5' | $(LOCK) --python-version 3.10 --override /dev/stdin -o requirements-rasa.lock requirements-rasa.in
